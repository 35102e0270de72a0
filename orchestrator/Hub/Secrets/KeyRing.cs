using System.Xml.Linq;
using Flows.Hub.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Flows.Hub.Secrets;

/// <summary>
/// Where the keys lie that secrets are encrypted with (ASP.NET Core Data Protection): the folder that <see cref="SecretsOptions.Keys"/>
/// names, else <c>keys</c> in the data folder (mode 0700), else on PostgreSQL the database. Without them no stored secret can be read again.
/// </summary>
internal static class KeyRing
{
    public static IServiceCollection AddKeyRing(this IServiceCollection services, DataFolder data, HubOptions options)
    {
        services.AddDataProtection().SetApplicationName("flows");
        services.AddOptions<KeyManagementOptions>().Configure<IConfiguration, IServiceProvider>((keys, settings, provider) => keys.XmlRepository =
            settings["Secrets:Keys"] is { Length: > 0 } folder ? Folder(folder, provider)
            : options.Storage is null ? Folder(data.File("keys"), provider)
            : new DatabaseKeys(provider.GetRequiredService<IDbContextFactory<FlowsDb>>()));
        return services;
    }

    private static FileSystemXmlRepository Folder(string path, IServiceProvider provider)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else if (!Directory.Exists(path)) Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new FileSystemXmlRepository(new DirectoryInfo(path), provider.GetRequiredService<ILoggerFactory>());
    }
}

/// <summary>Keys as rows, so that every orchestrator of a storage has them.</summary>
internal sealed class DatabaseKeys(IDbContextFactory<FlowsDb> databases) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = databases.CreateDbContext();
        return [.. db.Set<KeyRow>().AsNoTracking().OrderBy(row => row.Id).Select(row => row.Xml).AsEnumerable().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var db = databases.CreateDbContext();
        db.Add(new KeyRow { Id = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        db.SaveChanges();
    }
}

/// <summary>A key of the ring, or that one was revoked.</summary>
public sealed class KeyRow : OwnedRow, ISharedRow
{
    public required string Id { get; init; }

    public required string Xml { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<KeyRow>
    {
        public void Configure(EntityTypeBuilder<KeyRow> key)
        {
            key.ToTable("data_protection_keys");
            key.HasKey(row => row.Id);
        }
    }
}
