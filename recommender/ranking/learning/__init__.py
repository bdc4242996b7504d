"""Learning an order from feedback: labels, examples, estimators, the trial of a challenger."""
