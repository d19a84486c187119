# Prints the targets of a Makefile: "##@ text" opens a group, "## text" behind a
# target describes it.

BEGIN { FS = ":.*## "; print "usage: make TARGET" }

/^##@ / { print "\n" substr($0, 5) }

/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $1, $2 }
