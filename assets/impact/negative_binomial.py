"""Counts that vary more than Poisson's: negative binomial regression with a log link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_LOW, _HIGH = 1e-6, 1e3  # of alpha: at the lower end the model is Poisson's


def fit_negative_binomial(
    counts: pd.Series, design: pd.DataFrame, offset: pd.Series | None = None
) -> tuple[Any, float | None]:
    """Fit variance = mean + alpha mean^2, alpha by maximum likelihood.

    Parameters
    ----------
    counts, design, offset
        Rows alike; ``offset`` on the log scale, none by default.

    Returns
    -------
    fitted : statsmodels result or None
        The fit at the best alpha, its errors taking alpha as known, t on the residual degrees of
        freedom; ``None`` where the likelihood has no maximum above Poisson's (alpha = 0).
    alpha : float or None
        The best alpha; ``MASS`` reports theta = 1/alpha.

    References
    ----------
    Lawless 1987, Canadian Journal of Statistics 15:209-225; matches ``MASS::glm.nb`` (Venables &
    Ripley 2002): coefficients, theta and standard errors.
    """
    from math import exp, log

    from scipy.optimize import minimize_scalar
    from statsmodels.genmod.families import NegativeBinomial, Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    def at(alpha: float, start: Any = None) -> Any:
        model = GLM(counts, design, family=NegativeBinomial(alpha=alpha), offset=offset)
        return model.fit(scale=1.0, use_t=True, start_params=start)

    poisson = GLM(counts, design, family=Poisson(), offset=offset).fit(scale=1.0)
    start = poisson.params
    found = minimize_scalar(
        lambda logged: -at(exp(logged), start).llf,
        bounds=(log(_LOW), log(_HIGH)),
        method="bounded",
        options={"xatol": 1e-7},
    )
    alpha = exp(float(found.x))
    if -found.fun <= poisson.llf + 1e-4 or alpha < 10 * _LOW:
        return None, None
    return at(alpha, start), alpha
