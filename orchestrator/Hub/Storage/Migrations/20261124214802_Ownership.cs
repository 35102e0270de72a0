using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

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
            type: "TEXT",
            nullable: true);

        migrationBuilder.CreateTable(
            name: "bookmarks",
            columns: table => new
            {
                Id = table.Column<string>(type: "TEXT", nullable: false),
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                ActivityId = table.Column<string>(type: "TEXT", nullable: false),
                ActivityType = table.Column<string>(type: "TEXT", nullable: false),
                StepId = table.Column<string>(type: "TEXT", nullable: true),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                CorrelationId = table.Column<string>(type: "TEXT", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_bookmarks", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "orchestrators",
            columns: table => new
            {
                Id = table.Column<string>(type: "TEXT", nullable: false),
                Url = table.Column<string>(type: "TEXT", nullable: false),
                Home = table.Column<string>(type: "TEXT", nullable: false),
                Machine = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<string>(type: "TEXT", nullable: false),
                StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                SeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_orchestrators", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "run_mail",
            columns: table => new
            {
                Id = table.Column<long>(type: "INTEGER", nullable: false)
                    .Annotation("Sqlite:Autoincrement", true),
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                Event = table.Column<string>(type: "TEXT", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
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
