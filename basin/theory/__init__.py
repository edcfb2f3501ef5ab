"""What is known: closed forms and exact limits of the model, independent of any simulation.

One idea per file: the off-switch game, motives, learning, search, geometry, the world, many agents, and the flow of
deference. Arguments are numbers or arrays that broadcast; results have the broadcast shape. Bad input is a ValueError of one
line.
"""

from basin.theory.argument import all_known, followed
from basin.theory.deference import (
    deference_boundary,
    deference_fixed_points,
    deference_saddle_node,
    stages_fixed_points,
    stages_saddle_node,
)
from basin.theory.geometry import cap_bits, cap_fraction, least_bits
from basin.theory.learning import (
    assumed_noise_limit,
    kalman_posterior,
    lapse_limit,
    preventing_bias,
    probit_moments,
    self_confirming_coverage,
    self_confirming_coverage_limit,
    self_confirming_error,
)
from basin.theory.motives import (
    attracting_corners,
    logit_temperature_bound,
    payoffs,
    potential,
    reflection_flow,
    separatrix,
    sufficient_overlap,
)
from basin.theory.off_switch import (
    approval_probability,
    approved_utility,
    critical_variance,
    ever_asks,
    incentive,
    incentive_logistic,
    smallest_asked,
)
from basin.theory.people import pooled_direction, pooled_limit
from basin.theory.population import (
    degroot_consensus,
    degroot_rate,
    detected_drift_share,
    echo_error,
    fermi_probability,
    fixation_probability,
    lock_in_spectral,
    pairwise_fixation,
    police_flow,
    policed_thresholds,
    stubborn_equilibrium,
    zealot_equilibrium,
)
from basin.theory.search import best_of, best_of_variance, chosen_plan, proxy_search
from basin.theory.world import (
    capability_logistic,
    capability_path,
    lock_by_tags,
    lock_in_hazard,
    lock_in_survival,
    persona_shares,
    persona_sojourn,
)

__all__ = [
    "all_known",
    "approval_probability",
    "approved_utility",
    "assumed_noise_limit",
    "attracting_corners",
    "best_of",
    "best_of_variance",
    "cap_bits",
    "cap_fraction",
    "capability_logistic",
    "capability_path",
    "chosen_plan",
    "critical_variance",
    "deference_boundary",
    "deference_fixed_points",
    "deference_saddle_node",
    "degroot_consensus",
    "degroot_rate",
    "detected_drift_share",
    "echo_error",
    "ever_asks",
    "fermi_probability",
    "fixation_probability",
    "followed",
    "incentive",
    "incentive_logistic",
    "kalman_posterior",
    "lapse_limit",
    "least_bits",
    "lock_by_tags",
    "lock_in_hazard",
    "lock_in_spectral",
    "lock_in_survival",
    "logit_temperature_bound",
    "pairwise_fixation",
    "payoffs",
    "persona_shares",
    "persona_sojourn",
    "police_flow",
    "policed_thresholds",
    "pooled_direction",
    "pooled_limit",
    "potential",
    "preventing_bias",
    "probit_moments",
    "proxy_search",
    "reflection_flow",
    "self_confirming_coverage",
    "self_confirming_coverage_limit",
    "self_confirming_error",
    "separatrix",
    "smallest_asked",
    "stages_fixed_points",
    "stages_saddle_node",
    "stubborn_equilibrium",
    "sufficient_overlap",
    "zealot_equilibrium",
]
