"""What everything stands on: money, workflow tables, clock, people, funds, the trail."""
