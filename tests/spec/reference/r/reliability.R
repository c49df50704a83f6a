# Scales: assets/impact/{reliability,omega,items,agreement,drift}.py.
source("common.R")
using("psych", "lavaan")

answers <- read.csv("bfi.csv")
kind <- answers[, paste0("A", 1:5)]; careful <- answers[, paste0("C", 1:5)]
whole <- na.omit(kind)
yes <- as.data.frame(1 * (na.omit(careful) > 4)); few <- na.omit(careful)[1:6, ]

quiet <- function(...) suppressMessages(suppressWarnings(psych::alpha(..., check.keys = FALSE)))
alphas <- function(name, items, ...) {
  found <- quiet(items, ...)
  say(paste0("alpha.", name), found$total$raw_alpha)
  ends <- alpha.ci(found$total$raw_alpha, nrow(items), ncol(items), p.val = .05)
  say(paste0("alpha_ends.", name), c(low = as.numeric(ends$lower.ci), high = as.numeric(ends$upper.ci)))
}
alphas("kind", whole); alphas("careful", na.omit(careful)); alphas("few", few); alphas("yes", yes)
say("pairwise.kind", quiet(kind, use = "pairwise")$total$raw_alpha)
say("pairwise.careful", quiet(careful, use = "pairwise")$total$raw_alpha)
say("complete_n.kind", nrow(whole))
found <- quiet(whole)
say("rest", setNames(found$item.stats$r.drop, rownames(found$item.stats)))
say("without", setNames(found$alpha.drop$raw_alpha, rownames(found$alpha.drop)))
rest <- cor.test(whole$A1, rowSums(whole[, -1])); say("rest_ends.A1", c(low = rest$conf.int[1], high = rest$conf.int[2]))
two <- cor.test(whole$A2, whole$A3); r <- unname(two$estimate)
say("two_items", c(estimate = 2 * r / (1 + r), low = 2 * two$conf.int[1] / (1 + two$conf.int[1]), high = 2 * two$conf.int[2] / (1 + two$conf.int[2])))

# One factor: factanal for standardised items; lavaan (Wishart likelihood, expected information) for omega's error.
for (name in c("kind", "careful")) {
  items <- na.omit(answers[, grep(if (name == "kind") "^A" else "^C", names(answers))])
  fit <- factanal(items, 1, control = list(nstart = 5, lower = 0.005, opt = list(factr = 1)))
  say(paste0("factor.", name), abs(fit$loadings[, 1])); say(paste0("unique.", name), fit$uniquenesses)
  say(paste0("chi_square.", name), c(value = unname(fit$STATISTIC), df = fit$dof))
  x <- names(items)
  model <- paste(paste("f =~", paste0("l", 1:5, "*", x, collapse = " + ")), paste0(x, " ~~ u", 1:5, "*", x, collapse = "\n"),
                 "omega := (l1+l2+l3+l4+l5)^2 / ((l1+l2+l3+l4+l5)^2 + u1+u2+u3+u4+u5)", sep = "\n")
  fit <- cfa(model, items, std.lv = TRUE, likelihood = "wishart", information = "expected")
  row <- subset(parameterEstimates(fit), label == "omega")
  half <- qnorm(.975) * row$se / (row$est * (1 - row$est))
  say(paste0("omega.", name), c(estimate = row$est, se = row$se, low = plogis(qlogis(row$est) - half), high = plogis(qlogis(row$est) + half)))
}

# How alike: all six forms with intervals; six people, and people who agree less than by chance.
forms <- function(name, x) {
  found <- suppressMessages(suppressWarnings(ICC(x, lmer = FALSE)))$results
  for (i in 1:6) say(paste0("icc.", name, ".", found$type[i]), c(estimate = found$ICC[i], low = found[i, "lower bound"], high = found[i, "upper bound"]))
}
forms("kind", whole); forms("few", few[, 1:3])
forms("apart", data.frame(a = c(1, 2, 3, 4, 5), b = c(4, 5, 1, 2, 4), c = c(3, 1, 4, 5, 2)))

# Two waves: each item against the others (a second wave made by rule), Holm over the items; alphas by Feldt's formula.
before <- whole[1:60, ]; after <- before
for (i in 1:5) after[[i]] <- pmin(6, pmax(1, before[[i]] + ((seq_len(60) * (i + 1)) %% 5 == 0) - ((seq_len(60) + i) %% 7 == 0)))
change <- after - before
tests <- lapply(1:5, function(i) t.test(change[[i]], rowMeans(change[, -i]), paired = TRUE))
say("drift.estimate", setNames(sapply(tests, `[[`, "estimate"), names(whole)))
say("drift.low", setNames(sapply(tests, function(x) x$conf.int[1]), names(whole)))
say("drift.p", setNames(p.adjust(sapply(tests, `[[`, "p.value"), "holm"), names(whole)))
a <- c(quiet(before)$total$raw_alpha, quiet(after)$total$raw_alpha); r <- cor(rowSums(before), rowSums(after))
t <- (a[2] - a[1]) * sqrt(58) / sqrt(4 * (1 - a[1]) * (1 - a[2]) * (1 - r^2))
say("alpha_change", c(estimate = a[2] - a[1], p = 2 * pt(-abs(t), 58)))
