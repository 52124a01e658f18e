"""The letters that tell an applicant the outcome: eligible or not, awarded or not, cancelled."""
