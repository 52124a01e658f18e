"""The public interface for programs: the published tables as JSON, and its documentation."""
