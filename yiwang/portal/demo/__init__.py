"""示例省: a made-up province, seeded and repeatable, for trying the portal and for the benches. No real organ, no real person."""
