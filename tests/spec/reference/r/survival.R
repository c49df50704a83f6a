# Waiting: assets/impact/{survival,groups_survival,hazards,proportional}.py.
source("common.R")
using("survival")

lung <- read.csv("../lung.csv"); gehan <- read.csv("../gehan.csv"); ovary <- read.csv("../ovarian.csv"); ill <- read.csv("pbc.csv")
lung$dead <- lung$status == max(lung$status); ill$dead <- ill$status == 2; ill$female <- as.numeric(ill$sex == "f")
said <- function(name, time, dead, at) {
  fit <- survfit(Surv(time, dead) ~ 1, conf.type = "log-log")
  say(paste0("median.", name), setNames(summary(fit)$table[c("median", "0.95LCL", "0.95UCL")], c("median", "low", "high")))
  found <- summary(fit, times = at)
  for (i in seq_along(at)) say(sprintf("survival.%s.%g", name, at[i]), c(estimate = found$surv[i], se = found$std.err[i], low = found$lower[i], high = found$upper[i]))
}
said("lung", lung$time, lung$dead, c(5, 100, 365, 883))
said("gehan", gehan$time, gehan$cens == 1, c(1, 6, 23)); said("drug", gehan$time[gehan$treat == "6-MP"], gehan$cens[gehan$treat == "6-MP"] == 1, c(6, 35))
said("ovary", ovary$futime, ovary$fustat == 1, c(59, 700)); said("ill", ill$time, ill$dead, c(1000, 4000))
half <- survfit(Surv(c(1, 2, 3, 4), c(1, 1, 1, 0)) ~ 1, conf.type = "log-log"); say("half", summary(half)$table["median"])
said("all", c(2, 3, 3, 5), c(TRUE, TRUE, TRUE, TRUE), c(2, 3)); fit <- survfit(Surv(lung$time, lung$dead) ~ 1, conf.type = "log-log", conf.int = .9)
say("survival90", c(low = summary(fit, times = 365)$lower, high = summary(fit, times = 365)$upper))

ranked <- function(name, ...) { found <- survdiff(...); df <- length(found$n) - 1; say(paste0("log_rank.", name), c(chi_square = found$chisq, df = df, p = pchisq(found$chisq, df, lower.tail = FALSE))) }
ranked("treat", Surv(time, cens) ~ treat, gehan); ranked("stage", Surv(time, dead) ~ stage, ill); ranked("edema", Surv(time, dead) ~ edema, ill)
ranked("ecog", Surv(time, dead) ~ ph_ecog, subset(lung, ph_ecog < 3)); ranked("ecog_one", Surv(time, dead) ~ ph_ecog, lung)  # the last with one person in a group

hazard <- function(name, formula, data) {
  fit <- do.call(coxph, list(formula, data, control = coxph.control(eps = 1e-11, iter.max = 50))); found <- summary(fit)
  say(paste0("cox.", name), coef(fit)); say(paste0("cox_se.", name), sqrt(diag(vcov(fit)))); say(paste0("cox_p.", name), setNames(found$coefficients[, 5], rownames(found$coefficients)))
  say(paste0("cox_n.", name), found$n)
  test <- cox.zph(fit)$table; say(paste0("zph.", name), setNames(test[, 1], rownames(test))); say(paste0("zph_p.", name), setNames(test[, 3], rownames(test)))
}
hazard("lung", Surv(time, dead) ~ age + sex + ph_ecog + wt_loss, lung)  # rows with something missing left out
hazard("ill", Surv(time, dead) ~ age + female + bili + edema + platelet, ill)
hazard("weeks", Surv(ceiling(time / 100), dead) ~ age + sex, lung)  # heavy ties
hazard("gehan", Surv(time, cens) ~ drug, transform(gehan, drug = as.numeric(treat == "6-MP")))
days <- ill$time[ill$dead]; say("closed", c(mean = mean(days), median = median(days), n = length(days)))
