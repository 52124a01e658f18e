"""Whether the installation answers: for a load balancer or a monitor, without figures."""
