using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

/// <inheritdoc />
public partial class Ownership : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(
            name: "IX_runs_Status",
            table: "runs");

        migrationBuilder.AddColumn<string>(
            name: "OwnerId",
            table: "runs",
            type: "text",
            nullable: true,
            collation: "C");

        migrationBuilder.CreateTable(
            name: "bookmarks",
            columns: table => new
            {
                Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ActivityType = table.Column<string>(type: "text", nullable: false, collation: "C"),
                StepId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                CorrelationId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_bookmarks", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "orchestrators",
            columns: table => new
            {
                Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Url = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Home = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Machine = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                StartedAt = table.Column<long>(type: "bigint", nullable: false),
                SeenAt = table.Column<long>(type: "bigint", nullable: false),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_orchestrators", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "run_mail",
            columns: table => new
            {
                Id = table.Column<long>(type: "bigint", nullable: false)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Event = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_run_mail", x => x.Id);
            });

        migrationBuilder.CreateIndex(
            name: "IX_runs_Status_OwnerId",
            table: "runs",
            columns: new[] { "Status", "OwnerId" });

        migrationBuilder.CreateIndex(
            name: "IX_bookmarks_ActivityType_Name",
            table: "bookmarks",
            columns: new[] { "ActivityType", "Name" });

        migrationBuilder.CreateIndex(
            name: "IX_bookmarks_RunId",
            table: "bookmarks",
            column: "RunId");

        migrationBuilder.CreateIndex(
            name: "IX_run_mail_RunId",
            table: "run_mail",
            column: "RunId");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "bookmarks");

        migrationBuilder.DropTable(
            name: "orchestrators");

        migrationBuilder.DropTable(
            name: "run_mail");

        migrationBuilder.DropIndex(
            name: "IX_runs_Status_OwnerId",
            table: "runs");

        migrationBuilder.DropColumn(
            name: "OwnerId",
            table: "runs");

        migrationBuilder.CreateIndex(
            name: "IX_runs_Status",
            table: "runs",
            column: "Status");
    }
}
