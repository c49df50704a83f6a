# Mixed model with a random intercept: assets/impact/waves.py.
source("common.R")
using("lme4", "nlme")
exactly <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.1, rhoend = 1e-11, maxfun = 1e5))

told <- function(name, fit) {
  parts <- as.data.frame(VarCorr(fit))$vcov
  say(paste0(name, ".estimate"), fixef(fit))
  say(paste0(name, ".se"), sqrt(diag(as.matrix(vcov(fit)))))
  say(paste0(name, ".variance"), c(person = parts[1], residual = parts[2]))
  say(paste0(name, ".log_likelihood"), as.numeric(logLik(fit)))
}
fits <- function(name, formula, data) for (reml in c(TRUE, FALSE))
  told(paste0(name, if (reml) "_reml" else "_ml"), suppressMessages(lmer(formula, data, REML = reml, control = exactly)))

sleep <- read.csv("sleepstudy.csv")
fits("sleep", Reaction ~ Days + (1 | Subject), sleep)
# Unbalanced and small: eight people, every third answer lost (by row, so that both languages lose the same).
few <- sleep[sleep$Subject %in% unique(sleep$Subject)[1:8] & seq_len(nrow(sleep)) %% 3 != 0 & sleep$Days < 4, ]
few <- few[!(few$Subject == few$Subject[1] & few$Days > 0), ]  # one of them answered once
fits("few", Reaction ~ Days + (1 | Subject), few)
chick <- read.csv("chickweight.csv")
fits("chick", weight ~ Time + (1 | Chick), chick)
teeth <- read.csv("orthodont.csv")
teeth$girl <- as.numeric(teeth$Sex == "Female"); teeth$both <- teeth$girl * teeth$age
fits("teeth", distance ~ age + girl + both + (1 | Subject), teeth)
for (set in c("dyestuff", "dyestuff2")) {  # the second has no variance between batches: the edge
  yields <- read.csv(paste0(set, ".csv"))
  fits(set, Yield ~ 1 + (1 | Batch), yields)
}
# As waves.py asks it: four ages as waves, somebody's answers missing.
teeth$wave <- factor(teeth$age)
kept <- teeth[seq_len(nrow(teeth)) %% 5 != 0, ]
fit <- lmer(distance ~ wave + (1 | Subject), kept, control = exactly)
told("waves", fit)
parts <- as.data.frame(VarCorr(fit))$vcov
say("waves.icc", parts[1] / sum(parts))
say("waves.p", 2 * pnorm(-abs(fixef(fit) / sqrt(diag(as.matrix(vcov(fit)))))))
say("waves.ci", setNames(confint(fit, method = "Wald", parm = "beta_")["wave14", ], c("low", "high")))
# The same from nlme, another program by other means.
other <- lme(distance ~ wave, random = ~ 1 | Subject, data = kept, control = lmeControl(msTol = 1e-12, tolerance = 1e-12))
say("waves_nlme.estimate", fixef(other))
say("waves_nlme.se", sqrt(diag(vcov(other))) )
