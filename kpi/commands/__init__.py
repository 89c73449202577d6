"""The commands of `kpi`, grouped by what a person is about to do; each is thin and lives beside its like."""
