"""Where intervals are reported, and what makes each of them: names of makers as the cases have them."""

NOT_CHANCE = "what a grid may have wrong, no chance: held against closed forms in the tests of `analysis.generator`"
SHARE, PAIRS, MEAN = "analysis.intervals.wilson", "analysis.paired.paired", "analysis.intervals.mean"

REPORTED: dict[str, tuple[str, ...]] = {
    "analysis.map": ("analysis.map.map",),
    "analysis.summary": ("api.summary", SHARE, MEAN, "analysis.summary.fraction"),
    "claims.registry": (SHARE, PAIRS, MEAN, "analysis.discrimination.auc"),
    "questions.attractors": (SHARE,),
    "questions.boundary": ("analysis.audit.combined", "analysis.band.band", "analysis.boundary.boundary"),
    "questions.committor": (NOT_CHANCE,),
    "questions.continuation": (
        "analysis.continuation.continuation", "analysis.tipping.table", "analysis.tipping.paired", SHARE,
    ),
    "questions.corpus": ("analysis.paired.mixture", SHARE),
    "questions.critical": ("questions.critical._critical", SHARE),
    "questions.echo": ("analysis.intervals.mean_share", MEAN),
    "questions.extrapolation": ("questions.extrapolation.extrapolation", "analysis.intervals.mean_share"),
    "questions.fractality": ("analysis.entropy.entropy", "analysis.uncertainty.fit", "analysis.uncertainty.uncertainty"),
    "questions.generations": ("questions.generations.generations",),
    "questions.misled": ("analysis.intervals.mean_difference", MEAN),
    "questions.objections": (PAIRS, "analysis.paired.paired_bits", SHARE),
    "questions.policing": ("analysis.intervals.mean_share", "analysis.intervals.mean_difference", MEAN),
    "questions.population": ("questions.population.population", "questions.population.share_ending", SHARE),
    "questions.rare": ("analysis.splitting.likely",),
    "questions.requirements": (PAIRS, SHARE),
    "questions.resilience": (
        "questions.stability.stability", "analysis.size.size", "analysis.audit.combined", "analysis.entropy.entropy",
        "analysis.uncertainty.fit", "analysis.shock.shock", "analysis.time.times",
    ),
    "questions.sensitivity": ("analysis.sensitivity.morris", "analysis.sensitivity.sobol", PAIRS, SHARE),
    "questions.shock": ("analysis.shock.shock", "analysis.shock.share_bound"),
    "questions.signs": (
        "analysis.discrimination.auc", "analysis.discrimination.held_out_score", "questions.signs._tell",
    ),
    "questions.size": ("analysis.size.size", "analysis.size.stratified"),
    "questions.soft": ("analysis.soft.smoothed",),
    "questions.stability": (
        "questions.stability.stability", "analysis.stability.at_random", "analysis.stability.evenly",
        "analysis.stability.until", "analysis.stability._told", "analysis.missing.missing_mass",
    ),
    "questions.system": (SHARE,),
    "questions.time": ("analysis.time.times", "analysis.time.kaplan_meier", SHARE),
    "questions.worst": ("questions.worst._witness", SHARE),
    "questions.learn": ("choices.likelihood.maximum_likelihood",),
    "sweep.compute": (SHARE, MEAN, "api.summary"),
}  # fmt: skip
"""Modules of `basin` to the makers of the intervals that they report."""
