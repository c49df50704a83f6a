# What the scripts of this folder share. Run them in this folder; ../README.md says how.
options(warn = 1, digits = 15)

# First line of every result: R and the packages that computed it.
using <- function(...) {
  for (package in c(...)) suppressPackageStartupMessages(library(package, character.only = TRUE))
  told <- vapply(c(...), function(p) paste(p, packageVersion(p)), "")
  cat("# ", paste(c(paste("R", getRversion()), told), collapse = "; "), "\n", sep = "")
}

# One line a number: its name and 15 digits; a vector takes the names of its parts.
say <- function(name, value) {
  value <- unlist(value)
  parts <- if (is.null(names(value))) rep("", length(value)) else paste0(".", names(value))
  if (is.null(names(value)) && length(value) > 1) parts <- paste0(".", seq_along(value))
  cat(sprintf("%s %.15g\n", gsub("[^A-Za-z0-9_.]+", "_", paste0(name, parts)), as.numeric(value)), sep = "")
}
