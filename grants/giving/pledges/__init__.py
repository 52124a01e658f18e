"""Promises of money: made online or by note, acknowledged, then signed as an agreement."""
