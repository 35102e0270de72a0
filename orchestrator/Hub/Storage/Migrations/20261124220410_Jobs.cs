using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

/// <inheritdoc />
public partial class Jobs : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "runners",
            columns: table => new
            {
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Session = table.Column<string>(type: "TEXT", nullable: false),
                Labels = table.Column<string>(type: "TEXT", nullable: false),
                Capacity = table.Column<int>(type: "INTEGER", nullable: false),
                HasQueue = table.Column<bool>(type: "INTEGER", nullable: false),
                Status = table.Column<int>(type: "INTEGER", nullable: false),
                Beat = table.Column<long>(type: "INTEGER", nullable: false),
                SeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_runners", x => x.Name);
            });

        migrationBuilder.CreateTable(
            name: "step_jobs",
            columns: table => new
            {
                Id = table.Column<string>(type: "TEXT", nullable: false),
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                Step = table.Column<int>(type: "INTEGER", nullable: false),
                Attempt = table.Column<int>(type: "INTEGER", nullable: false),
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                ActivityId = table.Column<string>(type: "TEXT", nullable: false),
                Activity = table.Column<string>(type: "TEXT", nullable: false),
                Inputs = table.Column<string>(type: "TEXT", nullable: false),
                Labels = table.Column<string>(type: "TEXT", nullable: false),
                Priority = table.Column<int>(type: "INTEGER", nullable: false),
                ConcurrencyKey = table.Column<string>(type: "TEXT", nullable: true),
                ConcurrencyLimit = table.Column<int>(type: "INTEGER", nullable: false),
                State = table.Column<int>(type: "INTEGER", nullable: false),
                Runner = table.Column<string>(type: "TEXT", nullable: true),
                Session = table.Column<string>(type: "TEXT", nullable: true),
                Chunk = table.Column<string>(type: "TEXT", nullable: true),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                PlacedAt = table.Column<long>(type: "INTEGER", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_step_jobs", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "step_secrets",
            columns: table => new
            {
                Id = table.Column<string>(type: "TEXT", nullable: false),
                Secret = table.Column<string>(type: "TEXT", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_step_secrets", x => x.Id);
            });

        migrationBuilder.CreateIndex(
            name: "IX_step_jobs_RunId",
            table: "step_jobs",
            column: "RunId");

        migrationBuilder.CreateIndex(
            name: "IX_step_jobs_State_Runner",
            table: "step_jobs",
            columns: new[] { "State", "Runner" });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "runners");

        migrationBuilder.DropTable(
            name: "step_jobs");

        migrationBuilder.DropTable(
            name: "step_secrets");
    }
}
