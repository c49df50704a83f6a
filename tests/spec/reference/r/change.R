# Change in the same people: assets/impact/{change,effect_size,ranks,multiplicity,reliable_change,adjusted,
# resampling,imputation,attrition,balance}.py.
source("common.R")
using("survey", "metafor", "sandwich", "boot", "mice", "pROC")

girls <- read.csv("anorexia.csv")
fields <- read.csv("immer.csv")
family <- girls[girls$Treat == "FT", ]
pairs <- list(all = list(girls$Prewt, girls$Postwt), family = list(family$Prewt, family$Postwt),
              fields = list(fields$Y1, fields$Y2), three = list(c(1, 2, 4), c(2, 5, 4.5)))

# The paired t, and sizes. The interval of d_z: non-central t, by R's own pt().
ncp <- function(t, df, p) uniroot(function(at) pt(t, df, at) - p, t + c(-6, 6), tol = 1e-13)$root
for (name in names(pairs)) {
  pre <- pairs[[name]][[1]]; post <- pairs[[name]][[2]]; n <- length(pre); d <- post - pre; r <- cor(pre, post)
  found <- t.test(post, pre, paired = TRUE)
  say(paste0("t.", name), c(estimate = unname(found$estimate), se = found$stderr, t = unname(found$statistic),
                            low = found$conf.int[1], high = found$conf.int[2], p = found$p.value))
  t <- unname(found$statistic); d_z <- mean(d) / sd(d)
  g_z <- as.numeric(escalc("SMCC", m1i = mean(post), sd1i = sd(post), m2i = mean(pre), sd2i = sd(pre), ri = r, ni = n)$yi)
  d_av <- mean(d) / ((sd(pre) + sd(post)) / 2); d_rm <- d_z * sqrt(2 * (1 - r)); j <- g_z / d_z
  say(paste0("size.", name), c(d_z = d_z, low = ncp(t, n - 1, .975) / sqrt(n), high = ncp(t, n - 1, .025) / sqrt(n),
                               g_z = g_z, d_av = d_av, g_av = j * d_av, d_rm = d_rm, g_rm = j * d_rm))
}

# Means whose interval allows for clusters, and weights.
fields$d <- fields$Y2 - fields$Y1; fields$w <- as.integer(factor(fields$Var))
surveyed <- function(name, design) {
  m <- svymean(~d, design); ci <- confint(m, df = degf(design)); se <- as.numeric(SE(m))
  say(paste0("survey.", name), c(estimate = as.numeric(coef(m)), se = se, low = ci[1], high = ci[2],
                                 p = 2 * pt(-abs(as.numeric(coef(m))) / se, degf(design))))
}
surveyed("places", svydesign(ids = ~Loc, weights = ~1, data = fields))
surveyed("weighted", svydesign(ids = ~Loc, weights = ~w, data = fields))
surveyed("alone_weighted", svydesign(ids = ~1, weights = ~w, data = fields))
uneven <- fields[c(1, 2, 3, 6, 11:15, 20, 21, 30), ]
surveyed("uneven", svydesign(ids = ~Loc, weights = ~1, data = uneven))
surveyed("two", svydesign(ids = ~Loc, weights = ~1, data = fields[1:10, ]))

# Ranks.
steps <- c(1, 1, 2, -1, 3, 1, 2, 5, 1, -2, 4, 1)  # ties, nobody unchanged
stayed <- c(steps, 0, 0, 0)
# Rounded: R before 4.3 (digits.rank) takes changes for different where a subtraction leaves dust in the 16th digit.
ranked <- function(name, d, ...) {
  found <- suppressWarnings(wilcox.test(round(d, 9), conf.int = TRUE, ...))
  say(paste0("ranks.", name), c(v = unname(found$statistic), p = found$p.value, estimate = unname(found$estimate),
                                low = found$conf.int[1], high = found$conf.int[2]))
}
ranked("family", with(family, Postwt - Prewt)); ranked("family_90", with(family, Postwt - Prewt), conf.level = .9)
ranked("six", c(1.1, -0.4, 2.3, 3.2, 0.7, 1.6)); ranked("fields", fields$d); ranked("all", girls$Postwt - girls$Prewt)
for (n in c(50, 53, 57, 61, 65, 70)) ranked(paste0("first", n), (girls$Postwt - girls$Prewt)[1:n])
ranked("steps", steps); ranked("stayed", stayed)

# Several outcomes.
p <- c(a = 0.01, b = 0.02, c = 0.02, d = 0.04, e = 0.5, f = 1, g = 1e-12, h = 0.049, i = NA)
for (kind in c("holm", "BH")) say(paste0("adjusted.", kind), p.adjust(p, kind)[1:8])
say("adjusted.one", p.adjust(0.03, "holm"))

# Shares beyond a limit.
limit <- qnorm(.975) * sqrt(2) * sd(girls$Prewt) * sqrt(1 - 0.8)
gain <- girls$Postwt - girls$Prewt
say("reliable.limit", limit)
for (kind in c("improved", "worsened", "unchanged", "important")) {
  x <- switch(kind, improved = sum(gain > limit), worsened = sum(gain < -limit), unchanged = sum(abs(gain) <= limit),
              important = sum(gain >= 5))
  found <- suppressWarnings(prop.test(x, length(gain), correct = FALSE))
  say(paste0("reliable.", kind), c(estimate = unname(found$estimate), low = found$conf.int[1], high = found$conf.int[2]))
}

# Equal start.
girls$CBT <- as.numeric(girls$Treat == "CBT"); girls$FT <- as.numeric(girls$Treat == "FT")
fit <- lm(Postwt ~ Prewt + CBT + FT, girls)
say("ancova.estimate", coef(fit)); say("ancova.classical", sqrt(diag(vcov(fit)))); say("ancova.hc3", sqrt(diag(vcovHC(fit, "HC3"))))
placed <- lm(Y2 ~ Y1, fields); by_place <- vcovCL(placed, fields$Loc, type = "HC1", cadjust = TRUE)
say("ancova.cluster", sqrt(diag(by_place))); say("ancova.cluster_p", 2 * pt(-abs(coef(placed) / sqrt(diag(by_place))), 5))
# Everybody's means: every sixth girl did not come back.
lost <- seq_len(nrow(girls)) %% 6 == 0; centred <- girls
for (name in c("Prewt", "CBT", "FT")) centred[[name]] <- girls[[name]] - mean(girls[[name]])
back <- lm(I(Postwt - girls$Prewt[!lost]) ~ CBT + FT + Prewt, centred[!lost, ])
of_means <- var(as.matrix(centred[, c("CBT", "FT", "Prewt")]) %*% coef(back)[-1]) / nrow(girls)
say("adjusted_change", c(estimate = unname(coef(back)[1]), se = sqrt(vcovHC(back, "HC3")[1, 1] + of_means[1, 1])))

# Bootstrap of places: d_av, BCa; up to the draws.
set.seed(1)
whole <- split(girls, rep(1:24, each = 3))
d_av <- function(parts, at) { x <- do.call(rbind, parts[at]); mean(x$Postwt - x$Prewt) / ((sd(x$Prewt) + sd(x$Postwt)) / 2) }
drawn <- boot(whole, d_av, R = 20000)
ends <- boot.ci(drawn, type = "bca")$bca
say("boot.low", ends[4]); say("boot.high", ends[5]); say("boot.spread", sd(drawn$t))

# Rubin's rules.
q <- c(2.174, 1.965, 1.774, 2.3, 1.5); u <- c(0.896, 0.882, 0.898, 0.91, 0.87)^2
pooled <- function(.as, ...) { x <- pool.scalar(...); say(paste0("pooled.", .as), c(estimate = x$qbar, se = sqrt(x$t), df = x$df, riv = x$r, fmi = x$fmi)) }
pooled("finite", q, u, n = 40, k = 1); pooled("large", q, u); pooled("few", q[1:2], u[1:2], n = 5, k = 1)

# The whole imputation: one regression, drawn 2,000 times; up to the draws.
holes <- data.frame(pre = girls$Prewt, CBT = girls$CBT, FT = girls$FT, post = ifelse(lost, NA, girls$Postwt))
made <- mice(holes, m = 2000, method = "norm", maxit = 1, seed = 1, printFlag = FALSE)
changes <- sapply(1:2000, function(i) with(complete(made, i), c(mean(post - pre), var(post - pre) / 72)))
x <- pool.scalar(changes[1, ], changes[2, ], n = 72, k = 1)
say("imputed", c(estimate = x$qbar, se = sqrt(x$t), fmi = x$fmi)); say("imputed.between", sqrt(x$b))

# Who stays, and how well it is foretold.
ill <- read.csv("pbc.csv")
ill$stayed <- ill$status == 0
fit <- glm(stayed ~ age + bili + edema, binomial, ill, control = glm.control(epsilon = 1e-14))
say("stay.estimate", coef(fit)); say("stay.se", summary(fit)$coefficients[, 2])
say("stay.likelihood_ratio_p", pchisq(fit$null.deviance - fit$deviance, 3, lower.tail = FALSE))
say("stay.auc", as.numeric(auc(ill$stayed, fitted(fit), direction = "<", quiet = TRUE)))

# Differences of two groups: numbers, yes or no, several levels (Mahalanobis' distance of the shares).
for (name in c("age", "bili", "chol")) {
  one <- na.omit(ill[[name]][ill$trt == 1]); two <- na.omit(ill[[name]][ill$trt == 2])
  say(paste0("smd.", name), (mean(one) - mean(two)) / sqrt((var(one) + var(two)) / 2)); say(paste0("ratio.", name), var(one) / var(two))
}
for (name in c("edema", "stage", "sex")) {
  share <- prop.table(table(ill$trt, ill[[name]]), 1)[, -1, drop = FALSE]
  spread <- (diag(share[1, ], ncol(share)) - share[1, ] %o% share[1, ] + diag(share[2, ], ncol(share)) - share[2, ] %o% share[2, ]) / 2
  say(paste0("levels.", name), sqrt(mahalanobis(share[1, ], share[2, ], spread)))
}
female <- tapply(ill$sex == "f", ill$trt, mean)
say("smd.female", unname((female[1] - female[2]) / sqrt(sum(female * (1 - female)) / 2)))
