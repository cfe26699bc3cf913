"""The corps (队伍): the files of community workers and committee members, their posts and grades."""
