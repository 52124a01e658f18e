"""What every page uses: the check of permissions, the only commit, forms, lists, layout."""
