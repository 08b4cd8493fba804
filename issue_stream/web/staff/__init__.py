"""The pages of staff: sign-in, board, issue, leads' and executives' views, people, operations."""
