# Interrupted series: assets/impact/{interrupted,without_step,comparative,means_series,negative_binomial,
# autocorrelation,dispersion}.py. Seat belts: compulsory in front from 31 January 1983 (Harvey & Durbin 1986).
source("common.R")
using("MASS", "sandwich", "lmtest", "AER", "car")

belts <- read.csv("seatbelts.csv")
laid <- function(months, n = nrow(months), harmonics = 2) {
  at <- match("1983-02", months$month); k <- seq_len(n) - at
  x <- data.frame(time = k, after = 1 * (k >= 0)); x$after_slope <- x$after * k
  month <- as.integer(substr(months$month, 6, 7))
  for (j in seq_len(harmonics)) { x[[paste0("sin", j)]] <- sin(2 * pi * j * month / 12); x[[paste0("cos", j)]] <- cos(2 * pi * j * month / 12) }
  x
}
x <- laid(belts); tight <- glm.control(epsilon = 1e-14, maxit = 100)
both <- c("after", "after_slope")
told <- function(name, b, se, q) for (term in both) say(paste0(name, ".", term), c(
  ratio = exp(unname(b[term])), se = unname(se[term]), low = exp(unname(b[term] - q * se[term])), high = exp(unname(b[term] + q * se[term]))))
count <- function(y, family, data = x, ...) glm(y ~ ., family, data, control = tight, ...)
of <- function(name, fit, q) told(name, coef(fit), summary(fit)$coefficients[, 2], q)

for (what in c("DriversKilled", "front", "VanKilled")) {
  y <- belts[[what]]; lost <- rep(TRUE, nrow(belts))
  fit <- count(y, quasipoisson); of(paste0("quasi.", what), fit, qt(.975, fit$df.residual))
  say(paste0("dispersion.", what), summary(fit)$dispersion)
  fit <- count(y, poisson); of(paste0("poisson.", what), fit, qnorm(.975))
  lag <- floor(4 * (nrow(belts) / 100)^(2 / 9))
  hac <- sqrt(diag(NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = TRUE)))
  say(paste0("hac.", what), hac[both])
  test <- dispersiontest(fit); say(paste0("overdispersion.", what), c(estimate = unname(test$estimate), z = unname(test$statistic), p = test$p.value))
  test <- dispersiontest(fit, trafo = 2); say(paste0("overdispersion2.", what), c(estimate = unname(test$estimate), z = unname(test$statistic)))
  e <- residuals(fit, "pearson"); test <- Box.test(e, 10, "Ljung-Box")
  say(paste0("ljung_box.", what), c(q = unname(test$statistic), p = test$p.value, r1 = acf(e, plot = FALSE)$acf[2]))
}
for (what in c("DriversKilled", "front")) {
  fit <- glm.nb(belts[[what]] ~ ., x, control = glm.control(epsilon = 1e-11, maxit = 200)); of(paste0("negative_binomial.", what), fit, qt(.975, fit$df.residual))
  say(paste0("theta.", what), fit$theta)
}
# Kilometres driven as exposure; a shock of three months; months not observed.
fit <- count(belts$front, quasipoisson, offset = log(belts$kms)); of("exposure", fit, qt(.975, fit$df.residual))
shocked <- cbind(x, shock = 1 * (belts$month %in% c("1974-01", "1974-02", "1974-03")))
fit <- count(belts$front, quasipoisson, shocked); of("shock", fit, qt(.975, fit$df.residual))
seen <- seq_len(nrow(belts)) %% 7 != 0
fit <- glm(belts$front ~ ., quasipoisson, x, subset = seen, control = tight); of("gaps", fit, qt(.975, fit$df.residual))
# A short one, twenty months, no seasons; half the vans: counts that vary less than Poisson's (phi below 1).
short <- belts[160:179, ]; near <- laid(short, harmonics = 0)
fit <- count(short$VanKilled, quasipoisson, near); of("short", fit, qt(.975, fit$df.residual)); say("dispersion.short", summary(fit)$dispersion)
fit <- count(short$VanKilled, poisson, near); of("short_poisson", fit, qnorm(.975))
# Without the step.
fit <- count(belts$front, quasipoisson); later <- x[x$after == 1, ]; later$after <- 0; later$after_slope <- 0
made <- predict(fit, later, se.fit = TRUE); q <- qt(.975, fit$df.residual)
for (i in c(1, 12, 23)) say(paste0("expected.", i), c(mean = exp(made$fit[[i]]), se = made$se.fit[[i]], low = exp(made$fit[[i]] - q * made$se.fit[[i]])))
# Against the rear seats, where no belt was asked for.
stacked <- rbind(cbind(x, asked = 0), cbind(x, asked = 1)); stacked$y <- c(belts$rear, belts$front)
fit <- glm(y ~ (time + after + after_slope + sin1 + cos1 + sin2 + cos2) * asked, quasipoisson, stacked, control = tight)
q <- qt(.975, fit$df.residual); b <- coef(fit); se <- summary(fit)$coefficients[, 2]; p <- summary(fit)$coefficients[, 4]
for (term in both) { at <- paste0(term, ":asked"); say(paste0("controlled.", term), c(ratio = exp(b[[at]]), se = se[[at]], low = exp(b[[at]] - q * se[[at]]), p = p[[at]])) }
say("controlled.trends_p", p[["time:asked"]])
# Means: least squares with Newey and West's errors, memory, Durbin and Watson.
y <- belts$front / 10; fit <- lm(y ~ ., x)
for (lag in c(0, 1, 4, 12)) say(paste0("newey_west.", lag), sqrt(diag(NeweyWest(fit, lag = lag, prewhite = FALSE, adjust = TRUE)))[both])
say("means", coef(fit)[both]); say("ordinary", sqrt(diag(vcov(fit)))[both])
say("durbin_watson.lmtest", unname(dwtest(fit)$statistic)); say("durbin_watson.car", durbinWatsonTest(as.vector(residuals(fit))))
for (order in c(1, 4, 10)) { test <- bgtest(fit, order = order, type = "Chisq"); say(paste0("breusch_godfrey.", order), c(lm = unname(test$statistic), p = test$p.value)) }
tiny <- c(1.2, -0.4, 0.3, 0.9, -1.5); test <- Box.test(tiny, 1, "Ljung-Box"); say("ljung_box.tiny", c(q = unname(test$statistic), p = test$p.value))
