"""The Board in session: opinions before it, agenda, attendance, votes, and the advice."""
