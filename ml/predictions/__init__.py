"""What customers will do next: purchases, spend and churn, each by the contender that past days speak for."""
