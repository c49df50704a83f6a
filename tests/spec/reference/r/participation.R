# Dose, trend and staying: assets/impact/{dose,slope,who_stays}.py.
source("common.R")
using("sandwich", "kSamples")

fields <- read.csv("immer.csv"); fields$dose <- (seq_len(30) * 7) %% 11
fit <- lm(Y2 ~ dose + Y1, fields); ci <- confint(fit)["dose", ]
say("dose", c(estimate = 10 * coef(fit)[["dose"]], se = 10 * sqrt(vcov(fit)["dose", "dose"]), low = 10 * ci[[1]], high = 10 * ci[[2]], p = summary(fit)$coefficients["dose", 4]))
se <- sqrt(vcovCL(fit, fields$Loc, type = "HC1", cadjust = TRUE)["dose", "dose"]); say("dose_places", c(se = 10 * se, p = 2 * pt(-abs(coef(fit)[["dose"]] / se), 5)))

# Trend over bands: kSamples, two-sided as twice the smaller tail; variance with ties.
rising <- function(name, groups, exact) {
  found <- unname(jt.test(groups, method = if (exact) "exact" else "asymptotic", dist = FALSE)$JT)
  say(paste0("trend.", name), c(j = found[1], mean = found[2], variance = found[3]^2, p_above = found[if (exact) 5 else 4]))
}
teeth <- read.csv("toothgrowth.csv"); rising("teeth", split(teeth$len, teeth$dose), FALSE)
girls <- read.csv("anorexia.csv"); rising("girls", split(girls$Postwt - girls$Prewt, factor(girls$Treat, c("Cont", "CBT", "FT"))), FALSE)
rising("small", list(c(1.1, 2.3, 0.4), c(2.2, 3.1), c(2.9, 4.4, 5.0)), TRUE); rising("falling", list(c(5.1, 6.2), c(3.3, 4.4), c(1.5, 2.6, 0.7)), TRUE)
rising("tied", list(c(1, 2, 2, 3), c(2, 3, 3, 3), c(3, 4, 2, 5)), FALSE)

# Odds of an outcome, by matched set.
births <- read.csv("infert.csv"); tight <- glm.control(epsilon = 1e-14)
fit <- glm(case ~ spontaneous + induced + age, binomial, births, control = tight); ends <- confint.default(fit)
say("logit", coef(fit)[-1]); say("logit_se", sqrt(diag(vcov(fit)))[-1]); say("logit_p", summary(fit)$coefficients[-1, 4]); say("odds_low", exp(ends[-1, 1])); say("odds_high", exp(ends[-1, 2]))
g <- length(unique(births$stratum)); say("logit_sets", sqrt(diag(vcovCL(fit, births$stratum, type = "HC0", cadjust = TRUE)))[-1])
