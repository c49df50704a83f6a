# Writes the small data sets that the other scripts and our tests both read, from R's packages.
# Public examples; the numbers are facts. Source of each: ../README.md.
suppressPackageStartupMessages({
  library(lme4); library(nlme); library(psych); library(survival); library(MASS); library(metadat); library(metafor)
})
put <- function(table, name) write.csv(table, paste0(name, ".csv"), row.names = FALSE, quote = FALSE, na = "")

put(lme4::sleepstudy, "sleepstudy")
put(as.data.frame(nlme::Orthodont)[, c("distance", "age", "Subject", "Sex")], "orthodont")
put(cbind(lme4::Dyestuff, set = "dyestuff"), "dyestuff")
put(cbind(lme4::Dyestuff2, set = "dyestuff2"), "dyestuff2")
chick <- as.data.frame(datasets::ChickWeight)
put(data.frame(weight = chick$weight, Time = chick$Time, Chick = as.integer(as.character(chick$Chick)), Diet = chick$Diet), "chickweight")
bfi <- psych::bfi[1:120, c(paste0("A", 1:5), paste0("C", 1:5))]
bfi$A1 <- 7 - bfi$A1; bfi$C4 <- 7 - bfi$C4; bfi$C5 <- 7 - bfi$C5
put(bfi, "bfi")
put(MASS::immer, "immer")
put(MASS::anorexia, "anorexia")
belts <- as.data.frame(datasets::Seatbelts)[, c("DriversKilled", "front", "rear", "VanKilled", "kms")]
put(cbind(month = sprintf("%d-%02d", rep(1969:1984, each = 12), 1:12), belts), "seatbelts")
put(survival::pbc[1:312, c("time", "status", "trt", "age", "sex", "edema", "stage", "bili", "chol", "platelet")], "pbc")
put(datasets::infert[, c("case", "spontaneous", "induced", "age", "stratum")], "infert")
put(datasets::ToothGrowth, "toothgrowth")
normand <- metafor::escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = metadat::dat.normand1999)
sets <- list(bangertdrowns = metadat::dat.bangertdrowns2004, raudenbush = metadat::dat.raudenbush1985,
             hackshaw = metadat::dat.hackshaw1998, normand = normand)
put(do.call(rbind, lapply(names(sets), function(s) data.frame(set = s, yi = as.numeric(sets[[s]]$yi), vi = as.numeric(sets[[s]]$vi)))), "effects")
put(metadat::dat.pritz1997[, c("xi", "ni")], "pritz")
