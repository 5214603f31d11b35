#pragma once

namespace veil::cli {

/// What a table or plot of a comparison of schedules lets one say, and what not. One sentence each.
struct Conclusion {
  const char* may;
  const char* may_not;
};

inline constexpr Conclusion kOfAlpha{
    .may = "A steep curve means that many tokens are revealed around that time, so steps there are dear.",
    .may_not =
        "The curves alone do not say which schedule is better: the bound in infinitely many steps is the same "
        "for all."};
inline constexpr Conclusion kOfNoise{
    .may =
        "At equal forward passes a ratio above 1 is a noisier loss or gradient than drawing counts gives, on this "
        "model as it is; the bound itself is the same for all.",
    .may_not = "It does not follow which schedule trains a better model: that takes training (--train)."};
inline constexpr Conclusion kOfStepBounds{
    .may =
        "The height of a curve is what a sampler of T steps pays for revealing several tokens at once, in the "
        "likelihood of what it draws.",
    .may_not =
        "A lower curve does not promise nicer pictures, nor does it say anything of samplers that choose what "
        "they reveal."};
inline constexpr Conclusion kOfNetworkCalls{
    .may =
        "Steps that reveal nothing need no network call, so of two schedules with equal T the one with fewer calls "
        "is cheaper.",
    .may_not =
        "Fewer calls are no gain of their own: they come with more tokens revealed in one, which the bound in T "
        "steps pays for."};
inline constexpr Conclusion kOfCountGrids{
    .may =
        "At equal network calls the best grid, which was fitted to the training split and is scored here, shows how "
        "far the steps of a schedule are from the best ones in random order.",
    .may_not =
        "Being best for likelihood does not make its pictures look best, and on another model the best grid is "
        "another one."};
inline constexpr Conclusion kOfSamples{
    .may =
        "Figures that are further from those of as many real images than their intervals are wide show worse "
        "samples at equal network calls.",
    .may_not =
        "Arms whose intervals overlap cannot be ranked with so few samples, and no figure sees everything that "
        "an eye does."};
inline constexpr Conclusion kOfLearning{
    .may =
        "A curve that lies below another from early on learned faster at equal forward passes, with this "
        "configuration and this seed.",
    .may_not = "Where curves of different seeds cross each other, the order of the arms is not known."};
inline constexpr Conclusion kOfDifferences{
    .may =
        "A band that stays on one side of 0 is a difference between these two trained models that the choice of "
        "images does not explain.",
    .may_not =
        "It holds for these runs: what another seed would change is not in the band, only in the difference "
        "between the seeds."};

}  // namespace veil::cli
