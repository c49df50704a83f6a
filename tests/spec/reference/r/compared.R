# Groups compared: assets/impact/{did,panel,clustered,matching,weighting,slope}.py.
source("common.R")
using("sandwich", "plm", "MatchIt")

# Two groups, two waves: Welch's t on the changes is the jackknife with its degrees of freedom.
girls <- read.csv("anorexia.csv"); girls$d <- girls$Postwt - girls$Prewt
welch <- function(name, one, other) { x <- t.test(one, other); say(paste0("did.", name), c(estimate = unname(x$estimate[1] - x$estimate[2]), se = x$stderr, df = unname(x$parameter), low = x$conf.int[1], high = x$conf.int[2], p = x$p.value)) }
welch("family", girls$d[girls$Treat == "FT"], girls$d[girls$Treat == "Cont"])
welch("few", girls$d[girls$Treat == "FT"][1:3], girls$d[girls$Treat == "Cont"][1:2])
long <- data.frame(id = rep(seq_len(nrow(girls)), 2), y = c(girls$Prewt, girls$Postwt), after = rep(0:1, each = nrow(girls)), family = rep(as.numeric(girls$Treat == "FT"), 2), kept = rep(girls$Treat != "CBT", 2))
long <- long[long$kept, ]; fit <- lm(y ~ family * after, long)
say("did.crv1", sqrt(vcovCL(fit, long$id, type = "HC1", cadjust = TRUE)["family:after", "family:after"]))

# Chicks as people, two diets, weighed twelve times; some died. The fixed effects of two ways, and within.
chick <- read.csv("chickweight.csv"); chick <- chick[chick$Diet %in% c(1, 3), ]
chick$days <- chick$Time; chick$d <- as.numeric(chick$Diet == 3 & chick$Time >= 10)
fit <- plm(weight ~ d, chick, index = c("Chick", "Time"), model = "within", effect = "twoways")
say("two_way", c(estimate = unname(coef(fit)), se_hc0 = sqrt(vcovHC(fit, method = "arellano", type = "HC0", cluster = "group")[1, 1])))
dummies <- lm(weight ~ d + factor(Chick) + factor(Time), chick)
say("two_way.n", c(rows = nrow(chick), chicks = length(unique(chick$Chick))))
left <- sapply(sort(unique(chick$Chick)), function(g) coef(lm(weight ~ d + factor(Chick) + factor(Time), chick[chick$Chick != g, ]))[["d"]])
side <- tapply(chick$Diet == 3, chick$Chick, any); gap <- (left - coef(dummies)[["d"]])^2
parts <- sapply(c(TRUE, FALSE), function(s) (sum(side == s) - 1) / sum(side == s) * sum(gap[side == s]))
say("two_way.jackknife", c(se = sqrt(sum(parts)), df = sum(parts)^2 / (parts[1]^2 / (sum(side) - 1) + parts[2]^2 / (sum(!side) - 1))))
fit <- plm(weight ~ days, chick, index = c("Chick", "Time"), model = "within")
say("within", c(estimate = unname(coef(fit)), se = sqrt(vcovHC(fit, method = "arellano", type = "sss", cluster = "group")[1, 1])))
some <- chick[seq_len(nrow(chick)) %% 3 == 0 | chick$Chick > 12, ]
fit <- plm(weight ~ days, some, index = c("Chick", "Time"), model = "within"); say("within_uneven", c(estimate = unname(coef(fit)), se = sqrt(vcovHC(fit, method = "arellano", type = "sss", cluster = "group")[1, 1])))

# Wild cluster bootstrap, the null imposed, every assignment of signs; t with vcovCL; the observed one counts.
wild <- function(name, y, x, others, clusters, points) {
  g <- as.integer(factor(clusters)); full <- lm(y ~ x + others); base <- lm(y ~ others); fitted <- fitted(base); left <- residuals(base)
  t_of <- function(y) { fit <- lm(y ~ x + others); coef(fit)[["x"]] / sqrt(vcovCL(fit, g, type = "HC0", cadjust = FALSE)["x", "x"]) }
  seen <- abs(t_of(y)); every <- as.matrix(expand.grid(rep(list(points), max(g))))
  t <- apply(every, 1, function(s) abs(t_of(fitted + left * s[g])))
  say(paste0("wild.", name), mean(t >= seen * (1 - 1e-9)))
}
sleep <- read.csv("sleepstudy.csv"); webb <- c(-sqrt(1.5), -1, -sqrt(.5), sqrt(.5), 1, sqrt(1.5))
eight <- sleep[sleep$Subject %in% unique(sleep$Subject)[1:8], ]; wild("eight", eight$Reaction, eight$Days^2, eight$Days, eight$Subject, c(-1, 1))
fields <- read.csv("immer.csv"); wild("six", fields$Y2, as.numeric(fields$Var == "T"), fields$Y1, fields$Loc, c(-1, 1))
four <- fields[fields$Loc %in% c("C", "D", "GR", "M"), ]; wild("four_webb", four$Y2, as.numeric(four$Var == "T"), four$Y1, four$Loc, webb)
thirteen <- sleep[sleep$Subject %in% unique(sleep$Subject)[1:13], ]; wild("thirteen", thirteen$Reaction, thirteen$Days^2, thirteen$Days, thirteen$Subject, c(-1, 1))
wild("uneven", eight$Reaction[-(1:7)], as.numeric(eight$Days > 4)[-(1:7)], eight$Days[-(1:7)], eight$Subject[-(1:7)], c(-1, 1))

# Matching on the logit of the propensity, caliper 0.2 standard deviations; and by Mahalanobis' distance.
work <- read.csv("../lalonde.csv"); terms <- treat ~ age + educ + black + hispan + married + nodegree + re74 + re75
# Times a million: MatchIt before 4.5.5 cuts distances to whole numbers on some systems, ours among them (its issue 163).
# Many men have one propensity; which of them is taken is chance, so the sum of their logits is compared.
logit <- qlogis(fitted(glm(terms, binomial, work, control = glm.control(epsilon = 1e-14))))
paired <- function(name, found) {
  other <- as.integer(found$match.matrix[, 1]); say(paste0("matched.", name), c(pairs = sum(!is.na(other)), others = sum(logit[na.omit(other)])))
}
paired("caliper", matchit(terms, work, distance = 1e6 * logit, caliper = 0.2)); paired("narrow", matchit(terms, work, distance = 1e6 * logit, caliper = 0.02))
paired("free", matchit(terms, work, distance = 1e6 * logit))
found <- matchit(treat ~ age + educ + re74 + re75, work, distance = "mahalanobis"); other <- as.integer(found$match.matrix[, 1])
say("matched.mahalanobis", c(difference = mean(work$re78[as.integer(rownames(found$match.matrix))] - work$re78[other]), places = sum(other)))

work <- work[seq(1, nrow(work), 3), ]
# Doubly robust: the effect from glm and lm, its error from the stacked estimating equations, differentiated by hand.
x <- model.matrix(treat ~ age + educ + married + nodegree, work); t <- work$treat; y <- work$re78
g <- glm(treat ~ age + educ + married + nodegree, binomial, work, control = glm.control(epsilon = 1e-14)); e <- fitted(g)
one <- lm.fit(x[t == 1, ], y[t == 1])$coefficients; zero <- lm.fit(x[t == 0, ], y[t == 0])$coefficients
m1 <- drop(x %*% one); m0 <- drop(x %*% zero); k <- ncol(x); n <- nrow(x)
phi <- m1 - m0 + t * (y - m1) / e - (1 - t) * (y - m0) / (1 - e); effect <- mean(phi)
psi <- cbind(phi - effect, x * (t - e), x * t * (y - m1), x * (1 - t) * (y - m0)); bread <- matrix(0, 1 + 3 * k, 1 + 3 * k)
bread[1, 1] <- -1
bread[1, 1 + 1:k] <- colMeans(x * (-t * (y - m1) * (1 - e) / e - (1 - t) * (y - m0) * e / (1 - e)))
bread[1, 1 + k + 1:k] <- colMeans(x * (1 - t / e)); bread[1, 1 + 2 * k + 1:k] <- -colMeans(x * (1 - (1 - t) / (1 - e)))
bread[1 + 1:k, 1 + 1:k] <- -crossprod(x * sqrt(e * (1 - e))) / n
bread[1 + k + 1:k, 1 + k + 1:k] <- -crossprod(x * t) / n; bread[1 + 2 * k + 1:k, 1 + 2 * k + 1:k] <- -crossprod(x * (1 - t)) / n
v <- solve(bread) %*% (crossprod(psi) / n) %*% t(solve(bread)) / n
say("aipw", c(estimate = effect, se = sqrt(v[1, 1])))
