using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Flows.Hub.Storage;

/// <summary>
/// Brings a database's tables up to date. For that EF Core builds the model of every migration and compares the newest with the
/// code, which is a good part of a start: so a database that has all migrations is left alone, and a new one is made by
/// the script of all migrations (<c>Migrations/all.sql</c>, written by a test), as far as that goes.
/// </summary>
internal static class Schema
{
    public static void BringUpToDate(FlowsDb db)
    {
        var applied = Applied(db);
        if (applied.Count == 0)
        {
            Create(db);
            applied = Applied(db);
        }
        if (db.Database.GetMigrations().Except(applied).Any()) db.Database.Migrate();
    }

    private static string Script(FlowsDb db)
    {
        using var reader = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(db is PostgresFlowsDb ? "postgres.sql" : "sqlite.sql")!);
        return reader.ReadToEnd();
    }

    // All or nothing: a server that is killed meanwhile finds an empty database.
    private static void Create(FlowsDb db)
    {
        using var transaction = db.Database.BeginTransaction();
        using var create = Command(db, Script(db));
        create.ExecuteNonQuery();
        transaction.Commit();
    }

    private static HashSet<string> Applied(FlowsDb db)
    {
        db.Database.OpenConnection();
        using var find = Command(db, db is PostgresFlowsDb
            ? "SELECT count(*) FROM pg_class WHERE oid = to_regclass('\"__EFMigrationsHistory\"')"
            : "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'");
        if (Convert.ToInt64(find.ExecuteScalar(), null) == 0) return [];
        using var read = Command(db, "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"");
        using var rows = read.ExecuteReader();
        return [.. Ids(rows)];
    }

    private static IEnumerable<string> Ids(DbDataReader rows)
    {
        while (rows.Read()) yield return rows.GetString(0);
    }

    private static DbCommand Command(FlowsDb db, string text)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        command.Transaction = (db.Database.CurrentTransaction as Microsoft.EntityFrameworkCore.Infrastructure.IInfrastructure<DbTransaction>)?.Instance;
        return command;
    }
}
