using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flows.Contract.Secrets;

namespace Flows.Tests.Secrets;

/// <summary>What of a secret's value is recognised in what steps say.</summary>
public sealed class SecretMaskTests
{
    private const string Value = "tr0ub4dor/&3 \"x\"+ü?";

    public static TheoryData<string> Encodings { get; } =
    [
        Value,
        JsonSerializer.Serialize(Value)[1..^1],
        Uri.EscapeDataString(Value),
        Uri.EscapeDataString(Value).ToLowerInvariant().Replace("tr0ub4dor", "tr0ub4dor"),
        WebUtility.UrlEncode(Value),
        WebUtility.HtmlEncode(Value),
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)),
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Value)),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Value)),
    ];

    [Theory, MemberData(nameof(Encodings))]
    public void A_value_is_masked_in_the_encodings_that_programs_print(string printed) =>
        Assert.Equal($"it is {SecretMask.Shown}, so", Of(Value).Text($"it is {printed}, so"));

    [Theory, InlineData("a:"), InlineData("user:"), InlineData("u5:"), InlineData("")]
    public void Inside_a_longer_text_in_base64_nothing_is_left_of_it(string before)
    {
        var printed = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + Value + " and more"));

        var said = Of(Value).Text("Basic " + printed);

        var (first, last) = ((before.Length * 8 + 5) / 6, (before.Length + Encoding.UTF8.GetByteCount(Value)) * 8 / 6);
        Assert.Contains(SecretMask.Shown, said);
        Assert.DoesNotContain(printed[first..(first + 6)], said);
        Assert.DoesNotContain(printed[(last - 6)..last], said);
    }

    [Fact]
    public void A_value_of_several_lines_is_masked_line_by_line_and_in_wrapped_base64()
    {
        var key = string.Join('\n', "-----BEGIN KEY-----", new string('A', 64) + "x7", new string('B', 64) + "y8", "-----END KEY-----");
        var mask = Of(key);

        Assert.All(key.Split('\n'), line => Assert.Equal("> " + SecretMask.Shown, mask.Text("> " + line)));
        Assert.All(Convert.ToBase64String(Encoding.UTF8.GetBytes(key)).Chunk(76), line => Assert.Equal(SecretMask.Shown, mask.Text(new string(line))));
    }

    [Theory, InlineData(4), InlineData(9), InlineData(18)]
    public void What_a_cut_left_of_a_value_is_masked(int kept) =>
        Assert.Equal($"token {SecretMask.Shown}… (and 40 bytes more)", Of(Value).Text($"token {Value[..kept]}… (and 40 bytes more)"));

    [Fact]
    public void A_secret_that_is_json_is_masked_in_its_parts()
    {
        var mask = Of("""{"X-Api-Key":"k3y-of-mine","X-Other":"0th3r-one"}""");

        Assert.Equal("•••|•••|X-Api-Key", mask.Text("k3y-of-mine|0th3r-one|X-Api-Key"));
    }

    [Fact]
    public void In_json_names_texts_and_numbers_are_masked_and_the_rest_stays()
    {
        var mask = Of("s3cr3t");
        mask.Add("123456");

        var masked = mask.Json(JsonNode.Parse("""{"a":["s3cr3t!",1,true,null],"s3cr3t":{"pin":123456}}"""))!;

        Assert.Equal("""{"a":["•••!",1,true,null],"•••":{"pin":"•••"}}""", masked.ToJsonString(Flows.Contract.ContractJson.Options));
    }

    [Theory, InlineData(0), InlineData(262_140), InlineData(524_280)]
    public async Task Bytes_that_hold_a_value_are_found_wherever_it_lies(int at)
    {
        var bytes = new byte[600_000];
        Assert.False(await Of(Value).IsInAsync(new MemoryStream(bytes), default));

        Encoding.UTF8.GetBytes(Value).CopyTo(bytes, at);

        Assert.True(await Of(Value).IsInAsync(new MemoryStream(bytes), default));
    }

    private static SecretMask Of(string value)
    {
        var mask = new SecretMask();
        mask.Add(value);
        return mask;
    }
}
