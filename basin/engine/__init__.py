"""What happens: blocks of agents, simulated in lanes (Numba).

Read `episode` first: one episode as a story. Its stages are one file each, in the order of the story: `plan`, `gate`,
`oversight`, `evidence` (with `belief` and `luce`), `motives`, `world`, `outcome`. `start` fills a lane with a run, `block`
retires finished runs and refills their lanes, `skeleton` is the learning of the deterministic version, `layout` says which
row holds what, `compile` how all of it is compiled. `random` and `special` are the chances and the functions.

Two conventions hold everywhere. Results do not depend on how lanes, chunks or threads were arranged: every random number
has an address (seed, run, episode, slot), and no arithmetic crosses lanes. And strict floating point: no operation is
reordered or contracted, so that every machine gives the same bits.
"""
