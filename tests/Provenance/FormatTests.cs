using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Flows.Contract;
using Flows.Contract.Provenance.Graphs;
using Flows.Tests.Serving;
using Flows.Tests.Support;

namespace Flows.Tests.Provenance;

/// <summary>A trace in other programs' forms, checked by those programs' own means.</summary>
[Collection(TracedDigits.Name)]
public sealed class FormatTests(TracedDigits digits)
{
    // Python's jsonschema (draft 2020-12): an event by #/$defs/RunEvent, each facet by the schema that it names.
    private const string Validate = """
        import json, sys, glob, os
        from jsonschema import Draft202012Validator, RefResolver, FormatChecker
        folder, events = sys.argv[1], json.load(sys.stdin)
        schemas = [json.load(open(path)) for path in glob.glob(folder + "/facets/*.json") + [folder + "/OpenLineage.json"]]
        store = {schema["$id"]: schema for schema in schemas}
        def check(reference, value):
            resolver = RefResolver("", {}, store=store)
            return [error.message + " at " + error.json_path for error in Draft202012Validator({"$ref": reference}, resolver=resolver, format_checker=FormatChecker()).iter_errors(value)]
        def facets(node):
            if isinstance(node, dict):
                if "_schemaURL" in node: yield node
                for value in node.values(): yield from facets(value)
            elif isinstance(node, list):
                for value in node: yield from facets(value)
        core, wrong, seen = "https://openlineage.io/spec/2-0-2/OpenLineage.json", [], 0
        for event in events:
            wrong += check(core + "#/$defs/RunEvent", event)
            for facet in facets(event):
                if facet["_schemaURL"].split("#")[0] not in store: wrong.append("no schema " + facet["_schemaURL"]); continue
                wrong += check(facet["_schemaURL"], facet); seen += 1
        print(json.dumps({"wrong": wrong, "facets": seen}))
        """;

    [Fact]
    public async Task OpenLineage_events_validate_and_each_run_starts_once_and_ends_once()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/jsonschema"), "python3-jsonschema is not installed");

        var events = await digits.ReadAsync<JsonArray>(TraceKinds.Prediction, TracedDigits.Question, "format=openlineage");

        var verdict = Checked(events);
        Assert.Empty(verdict["wrong"]!.AsArray().Select(one => one!.ToString()));
        Assert.True((int)verdict["facets"]! > events.Count, verdict.ToJsonString());
        Assert.All(events.GroupBy(one => (string)one!["run"]!["runId"]!), run => Assert.Equal(["COMPLETE", "START"], run.Select(one => (string)one!["eventType"]!).Order()));
        Assert.Contains(events, one => one!["inputs"]!.AsArray().Any(input => (string)input!["name"]! == "files/digits.csv.gz" && (string)input["facets"]!["version"]!["datasetVersion"]! == digits.Raw));
        Assert.Contains(events, one => one!["outputs"]!.AsArray().Any(output => (string)output!["name"]! == $"models/{digits.Model.Name}"));
    }

    [Fact]
    public async Task The_validation_itself_finds_a_broken_event_and_a_broken_facet()
    {
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/jsonschema"), "python3-jsonschema is not installed");
        var events = await digits.ReadAsync<JsonArray>(TraceKinds.Run, digits.Run.Id, "format=openlineage");
        events[0]!["eventType"] = "BEGIN";
        events[0]!["run"]!["facets"]!["processing_engine"]!["version"] = 7;
        events[1]!["run"]!["runId"] = "no-uuid";

        var wrong = Checked(events)["wrong"]!.AsArray().Select(one => one!.ToString()).ToList();

        Assert.Contains(wrong, one => one.Contains("'BEGIN' is not one of"));
        Assert.Contains(wrong, one => one.Contains("7 is not of type 'string'"));
        Assert.Contains(wrong, one => one.Contains("'no-uuid' is not a 'uuid'"));
    }

    [Fact]
    public async Task The_attestation_of_a_model_verifies_with_openssl_and_not_after_one_changed_byte()
    {
        using var folder = new TestFolder();
        var envelope = await digits.ReadAsync<JsonObject>(TraceKinds.ModelVersion, $"{digits.Model.Name}:{digits.Model.Version}", "format=intoto");
        await File.WriteAllTextAsync(folder.File("key.pem"), await digits.Hub.Http.GetStringAsync("/api/provenance/key"));
        var (type, payload) = ((string)envelope["payloadType"]!, Convert.FromBase64String((string)envelope["payload"]!));
        await File.WriteAllBytesAsync(folder.File("signature"), Convert.FromBase64String((string)envelope["signatures"]![0]!["sig"]!));

        var whole = await VerifiesAsync(folder, type, payload);
        payload[payload.Length / 2] ^= 1;
        var changed = await VerifiesAsync(folder, type, payload);
        payload[payload.Length / 2] ^= 1;
        var otherType = await VerifiesAsync(folder, "text/plain", payload);

        Assert.Equal((true, false, false), (whole, changed, otherType));
        var statement = JsonNode.Parse(payload)!;
        Assert.Equal(("application/vnd.in-toto+json", "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1"), (type, (string)statement["_type"]!, (string)statement["predicateType"]!));
        Assert.Equal(digits.Model.Model.Sha256, (string)statement["subject"]!.AsArray().Single()!["digest"]!["sha256"]!);
        Assert.Contains(statement["predicate"]!["buildDefinition"]!["resolvedDependencies"]!.AsArray(), one => (string?)one!["digest"]!["sha256"] == digits.Raw);
        Assert.Equal(digits.Run.Id, (string)statement["predicate"]!["runDetails"]!["metadata"]!["invocationId"]!);
    }

    [Fact]
    public async Task The_attestation_verifies_by_sigstores_own_means_and_not_after_one_changed_byte_of_it()
    {
        var modules = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flows-tests", "node_modules");
        if (!Directory.Exists(Path.Combine(modules, "@sigstore", "core")))
        {
            Assert.False(Environment.GetEnvironmentVariable("FLOWS_CI") == "1", "@sigstore/core is missing: ./test installs it");
            Assert.Skip("@sigstore/core is not installed: ./test does it");
        }
        var envelope = await digits.ReadAsync<JsonObject>(TraceKinds.ModelVersion, $"{digits.Model.Name}:{digits.Model.Version}", "format=intoto");
        var asked = new JsonObject { ["key"] = await digits.Hub.Http.GetStringAsync("/api/provenance/key"), ["envelopes"] = new JsonArray([envelope.DeepClone(), .. Changed(envelope)]) };

        var (code, output) = Run("node", asked.ToJsonString(), "-e", Verify, modules);

        Assert.True(code == 0, output);
        Assert.Equal("[true,false,false,false]", output.Trim());
    }

    // One byte of the payload, of its type and of the signature.
    private static IEnumerable<JsonNode> Changed(JsonObject envelope)
    {
        foreach (var field in (string[])["payload", "payloadType", "sig"])
        {
            var other = (JsonObject)envelope.DeepClone();
            var (place, isText) = (field == "sig" ? (JsonObject)other["signatures"]![0]! : other, field == "payloadType");
            var bytes = isText ? Encoding.UTF8.GetBytes((string)place[field]!) : Convert.FromBase64String((string)place[field]!);
            bytes[^2] ^= 1;
            place[field] = isText ? Encoding.UTF8.GetString(bytes) : Convert.ToBase64String(bytes);
            yield return other;
        }
    }

    private const string Verify = """
        const { crypto, dsse } = require(process.argv[1] + '/@sigstore/core');
        const asked = JSON.parse(require('fs').readFileSync(0, 'utf8')), key = crypto.createPublicKey(asked.key);
        const verifies = one => crypto.verify(dsse.preAuthEncoding(one.payloadType, Buffer.from(one.payload, 'base64')), key, Buffer.from(one.signatures[0].sig, 'base64'), 'sha256');
        console.log(JSON.stringify(asked.envelopes.map(verifies)));
        """;

    [Fact]
    public async Task Prov_names_no_thing_that_it_does_not_describe()
    {
        var prov = await digits.ReadAsync<JsonObject>(TraceKinds.Prediction, TracedDigits.Question, "format=prov");

        var described = new[] { "entity", "activity", "agent" }.SelectMany(section => prov[section]!.AsObject().Select(one => one.Key)).ToHashSet();
        string[] relations = ["used", "wasGeneratedBy", "wasDerivedFrom", "wasAssociatedWith", "wasAttributedTo"];
        Assert.All(relations, relation => Assert.NotEmpty(prov[relation]!.AsObject()));
        Assert.All(relations.SelectMany(relation => prov[relation]!.AsObject()), one => Assert.All(one.Value!.AsObject().Where(end => end.Key != "prov:role"), end => Assert.Contains((string)end.Value!, described)));
        Assert.Contains($"flows:artifact/{digits.Raw}", described);
    }

    [Fact]
    public async Task Prov_leads_by_its_relations_from_the_prediction_to_the_raw_data_and_not_the_other_way()
    {
        var prov = await digits.ReadAsync<JsonObject>(TraceKinds.Prediction, TracedDigits.Question, "format=prov");

        var (prediction, raw, origins) = ($"flows:prediction/{TracedDigits.Question}", $"flows:artifact/{digits.Raw}", Origins(prov));
        Assert.Contains(raw, Before(origins, prediction));
        Assert.DoesNotContain(prediction, Before(origins, raw));
        // Each end is of the section that the relation demands.
        foreach (var (relation, later, sort, earlier, other) in Relations)
            Assert.All(prov[relation]?.AsObject().Select(one => one.Value!) ?? [], one => Assert.True(prov[sort]![(string)one[later]!] is not null && prov[other]![(string)one[earlier]!] is not null, one.ToJsonString()));
        var step = prov["activity"]!.AsObject().First(one => one.Key.StartsWith("flows:step/", StringComparison.Ordinal)).Value!;
        Assert.True(DateTimeOffset.Parse((string)step["prov:startTime"]!, null) <= DateTimeOffset.Parse((string)step["prov:endTime"]!, null));
    }

    private static readonly (string Relation, string Later, string Section, string Earlier, string Other)[] Relations =
    [
        ("used", "prov:activity", "activity", "prov:entity", "entity"), ("wasGeneratedBy", "prov:entity", "entity", "prov:activity", "activity"),
        ("wasDerivedFrom", "prov:generatedEntity", "entity", "prov:usedEntity", "entity"), ("wasInformedBy", "prov:informed", "activity", "prov:informant", "activity"),
        ("wasAssociatedWith", "prov:activity", "activity", "prov:agent", "agent"), ("wasAttributedTo", "prov:entity", "entity", "prov:agent", "agent"),
    ];

    private static ILookup<string, string> Origins(JsonObject prov) => Relations
        .SelectMany(one => (prov[one.Relation]?.AsObject() ?? []).Select(relation => (Later: (string)relation.Value![one.Later]!, Earlier: (string)relation.Value![one.Earlier]!))).ToLookup(one => one.Later, one => one.Earlier);

    private static HashSet<string> Before(ILookup<string, string> origins, string thing)
    {
        var (seen, open) = (new HashSet<string>(), new Queue<string>([thing]));
        while (open.TryDequeue(out var at)) foreach (var earlier in origins[at].Where(seen.Add)) open.Enqueue(earlier);
        return seen;
    }

    // Any verifier of DSSE v1 does this: the type and the payload, each after its length, by the public key.
    private static async Task<bool> VerifiesAsync(TestFolder folder, string type, byte[] payload)
    {
        await File.WriteAllBytesAsync(folder.File("pae"), [.. Encoding.UTF8.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload]);
        var (code, _) = Run("openssl", "", "dgst", "-sha256", "-verify", folder.File("key.pem"), "-signature", folder.File("signature"), folder.File("pae"));
        return code == 0;
    }

    private static JsonNode Checked(JsonArray events)
    {
        var (code, output) = Run("/usr/bin/python3", events.ToJsonString(ContractJson.Options), "-W", "ignore", "-c", Validate, Path.Combine(AppContext.BaseDirectory, "Conformance", "Data", "openlineage"));
        Assert.True(code == 0, output);
        return JsonNode.Parse(output)!;
    }

    private static (int Code, string Output) Run(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + error.Result);
    }
}
