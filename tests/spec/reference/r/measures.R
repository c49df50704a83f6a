# Shares, means, networks, food insecurity: assets/measures/{proportions,scores,network,fragmentation,fies}.py.
source("common.R")
using("survey", "igraph")

for (x in list(c(0, 10), c(1, 10), c(3, 3), c(5, 10), c(1, 1), c(0, 1), c(999, 1000), c(81, 263), c(1, 100000))) {
  found <- suppressWarnings(prop.test(x[1], x[2], correct = FALSE)); say(sprintf("wilson.%g_%g", x[1], x[2]), c(low = found$conf.int[1], high = found$conf.int[2]))
}
found <- suppressWarnings(prop.test(7, 20, correct = FALSE, conf.level = .9)); say("wilson90.7_20", c(low = found$conf.int[1], high = found$conf.int[2]))

# Records of people who recur: survey's error of the share, and Wilson's interval on the records that error is worth.
records <- function(name, y, person) {
  y <- as.numeric(y)
  design <- svydesign(ids = ~person, weights = ~1, data = data.frame(y, person)); m <- svymean(~y, design); se <- as.numeric(SE(m)); p <- mean(y)
  worth <- min(length(y), p * (1 - p) / se^2); found <- suppressWarnings(prop.test(p * worth, worth, correct = FALSE))
  say(paste0("records.", name), c(estimate = as.numeric(coef(m)), se = se, worth = worth, low = found$conf.int[1], high = found$conf.int[2]))
}
births <- read.csv("infert.csv"); records("births", births$induced > 0, births$stratum); records("case", births$spontaneous > 0, births$stratum)
chick <- read.csv("chickweight.csv"); records("chicks", chick$weight > 100, chick$Chick)

teeth <- read.csv("toothgrowth.csv"); for (n in c(60, 2, 5)) { found <- t.test(teeth$len[1:n]); say(paste0("mean.", n), c(estimate = unname(found$estimate), se = found$stderr, low = found$conf.int[1], high = found$conf.int[2])) }

# Eighteen women and fourteen events (Davis, Gardner & Gardner 1941), as networkx ships them: davis.csv.
met <- graph_from_data_frame(read.csv("davis.csv"), directed = FALSE); V(met)$type <- V(met)$name %in% read.csv("davis.csv")$event
women <- bipartite_projection(met, which = "false"); events <- bipartite_projection(met, which = "true")
say("two_mode_density", gsize(met) / (sum(V(met)$type) * sum(!V(met)$type)))
drawn <- function(name, g) say(paste0("network.", name), c(density = edge_density(g), centralisation = centr_degree(g, loops = FALSE)$centralization, components = components(g)$no, ties = gsize(g)))
drawn("women", women); drawn("events", events); for (least in 2:6) drawn(paste0("events", least), delete_edges(events, E(events)[weight < least]))
say("women.weights", c(sum = sum(E(women)$weight), most = max(E(women)$weight))); say("events.weights", c(sum = sum(E(events)$weight), most = max(E(events)$weight)))
drawn("star", make_star(6, "undirected")); drawn("ring", make_ring(5)); drawn("none", make_empty_graph(4, FALSE)); drawn("whole", make_full_graph(4)); drawn("apart", graph_from_literal(a - b, c - d, e))

# Rasch: a person's parameter is the intercept of a logistic regression with the severities as offset.
severity <- c(-1.2230564, -0.8471210, -1.1056616, 0.3509848, -0.3117999, 0.5065051, 0.7546138, 1.8755353)
for (raw in 1:8) {
  yes <- if (raw < 8) as.numeric(seq_len(8) <= raw) else rep(7.5 / 8, 8)
  fit <- suppressWarnings(glm(yes ~ 1, binomial, offset = -severity, control = glm.control(epsilon = 1e-15, maxit = 200)))
  theta <- unname(coef(fit)); se <- sqrt(vcov(fit)[1, 1])
  say(paste0("fies.", raw), c(theta = theta, se = se, moderate_or_severe = pnorm(severity[5], theta, se, lower.tail = FALSE), severe = pnorm(severity[8], theta, se, lower.tail = FALSE)))
}
