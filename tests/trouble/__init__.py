"""A whole installation, in which things are killed while people work in it. `script/trouble` runs all of it."""
