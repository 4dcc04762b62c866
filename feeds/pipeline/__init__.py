"""Pipeline: orders the steps for one source and for one page; decides nothing itself."""
