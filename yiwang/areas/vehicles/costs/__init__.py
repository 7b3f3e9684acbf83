"""用车费用: bills of cars, statements of suppliers, budgets, and what a kilometre costs."""
