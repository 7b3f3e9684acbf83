"""统计: what cars did and cost, by month, organ, use and kind; the yearly return; what is published. Read only."""
