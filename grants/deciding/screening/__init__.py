"""Screening: does an application meet the call's eligibility criteria?"""
