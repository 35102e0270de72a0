namespace Flows.ModelServer.Models;

/// <summary>Loads a model by its format.</summary>
internal static class ServedModels
{
    public static async Task<IServedModel> LoadAsync(ServerOptions options)
    {
        var facts = ModelFacts.Load(options.Facts);
        if (!File.Exists(options.Model) && !Directory.Exists(options.Model)) throw new ModelFault($"there is no model at {options.Model}");
        return facts.Format switch
        {
            "mlnet" => MlNetModel.Load(options.Model, facts),
            "onnx" => OnnxModel.Load(options.Model, facts),
            "sklearn" => await SklearnModel.LoadAsync(options.Model, facts, options.Python),
            _ => throw new ModelFault($"the model's format is \"{facts.Format}\"; known are mlnet, onnx and sklearn"),
        };
    }
}
