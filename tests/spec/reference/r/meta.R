# Several programmes: assets/across/meta_analysis.py.
source("common.R")
using("metafor")

every <- read.csv("effects.csv"); tight <- list(threshold = 1e-11, maxiter = 5000, stepadj = 0.5)
told <- function(name, yi, vi) for (method in c("REML", "DL")) {
  plain <- rma(yi, vi, method = method, control = tight); held <- rma(yi, vi, method = method, test = "adhoc", control = tight)
  at <- paste0(tolower(method), ".", name)
  say(paste0("normal.", at), c(estimate = plain$b[1], se = plain$se, low = plain$ci.lb, high = plain$ci.ub, p = plain$pval))
  say(paste0("knapp.", at), c(estimate = held$b[1], se = held$se, low = held$ci.lb, high = held$ci.ub, p = held$pval))
  ends <- confint(plain, control = list(tol = 1e-13, tau2.max = 1e4))$random
  say(paste0("between.", at), c(tau2 = plain$tau2, tau2_se = plain$se.tau2, q = plain$QE, q_p = plain$QEp, i2 = plain$I2 / 100,
      tau2_low = ends[1, 2], tau2_high = ends[1, 3], i2_low = ends[3, 2] / 100, i2_high = ends[3, 3] / 100))
  if (length(yi) > 2) { ahead <- predict(held); say(paste0("ahead.", at), c(low = ahead$pi.lb, high = ahead$pi.ub)) }
}
for (set in unique(every$set)) { x <- every[every$set == set, ]; told(set, x$yi, x$vi) }
told("two", c(0.1, 0.9), c(0.04, 0.09)); told("three", c(0.2, 0.25, 0.22), c(0.05, 0.04, 0.06)); told("apart", c(-4, 0, 5, 9), c(0.01, 0.02, 0.015, 0.01))
# Errors very unlike each other: the likelihood has two tops, and that at 0 is the lower one.
told("two_tops", c(0.2444, 1.1, -0.5104, 1.7419, 0.0618, -0.0905), c(0.069287, 0.307438, 0.081357, 0.867996, 0.000319, 0.114774))
told("seventeen", every$yi[every$set == "raudenbush"][1:17], every$vi[every$set == "raudenbush"][1:17])

# Shares as logits; three of them all or nobody.
shares <- read.csv("pritz.csv"); logits <- escalc("PLO", xi = xi, ni = ni, data = shares)
say("logit", as.numeric(logits$yi)); say("logit_se", sqrt(as.numeric(logits$vi)))
fit <- rma(yi, vi, data = logits, test = "adhoc", control = tight); back <- predict(fit, transf = transf.ilogit)
say("shares", c(estimate = back$pred, low = back$ci.lb, high = back$ci.ub, ahead_low = back$pi.lb, ahead_high = back$pi.ub, tau2 = fit$tau2))
