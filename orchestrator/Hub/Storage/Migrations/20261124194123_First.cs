using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

/// <inheritdoc />
public partial class First : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Deployments",
            columns: table => new
            {
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Model = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                Revision = table.Column<int>(type: "INTEGER", nullable: false),
                Status = table.Column<string>(type: "TEXT", nullable: false),
                Message = table.Column<string>(type: "TEXT", nullable: true),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Deployments", x => x.Name);
            });

        migrationBuilder.CreateTable(
            name: "flow_versions",
            columns: table => new
            {
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                Json = table.Column<string>(type: "TEXT", nullable: false),
                Digest = table.Column<string>(type: "TEXT", nullable: false),
                IsPublished = table.Column<bool>(type: "INTEGER", nullable: false),
                At = table.Column<long>(type: "INTEGER", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_flow_versions", x => new { x.DefinitionId, x.Version });
            });

        migrationBuilder.CreateTable(
            name: "flows",
            columns: table => new
            {
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Description = table.Column<string>(type: "TEXT", nullable: false),
                ActivityType = table.Column<string>(type: "TEXT", nullable: false),
                LatestVersion = table.Column<int>(type: "INTEGER", nullable: false),
                PublishedVersion = table.Column<int>(type: "INTEGER", nullable: true),
                Nodes = table.Column<int>(type: "INTEGER", nullable: false),
                UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_flows", x => x.DefinitionId);
            });

        migrationBuilder.CreateTable(
            name: "ModelAliases",
            columns: table => new
            {
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Alias = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_ModelAliases", x => new { x.ProjectId, x.Name, x.Alias });
            });

        migrationBuilder.CreateTable(
            name: "ModelVersions",
            columns: table => new
            {
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                RunId = table.Column<string>(type: "TEXT", nullable: true),
                StepId = table.Column<string>(type: "TEXT", nullable: true),
                Description = table.Column<string>(type: "TEXT", nullable: false),
                Sha256 = table.Column<string>(type: "TEXT", nullable: false),
                Artifact = table.Column<string>(type: "TEXT", nullable: false),
                Metrics = table.Column<string>(type: "TEXT", nullable: false),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_ModelVersions", x => new { x.ProjectId, x.Name, x.Version });
            });

        migrationBuilder.CreateTable(
            name: "run_children",
            columns: table => new
            {
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                DefinitionDigest = table.Column<string>(type: "TEXT", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_run_children", x => new { x.RunId, x.Name, x.Version });
            });

        migrationBuilder.CreateTable(
            name: "run_definitions",
            columns: table => new
            {
                Digest = table.Column<string>(type: "TEXT", nullable: false),
                Json = table.Column<string>(type: "TEXT", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_run_definitions", x => x.Digest);
            });

        migrationBuilder.CreateTable(
            name: "runs",
            columns: table => new
            {
                Id = table.Column<string>(type: "TEXT", nullable: false),
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                DefinitionDigest = table.Column<string>(type: "TEXT", nullable: false),
                Request = table.Column<string>(type: "TEXT", nullable: false),
                Status = table.Column<int>(type: "INTEGER", nullable: false),
                SubStatus = table.Column<int>(type: "INTEGER", nullable: false),
                Trigger = table.Column<string>(type: "TEXT", nullable: false),
                TokenHash = table.Column<string>(type: "TEXT", nullable: false),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                Record = table.Column<string>(type: "TEXT", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_runs", x => x.Id);
            });

        migrationBuilder.CreateIndex(
            name: "IX_flows_ActivityType",
            table: "flows",
            column: "ActivityType");

        migrationBuilder.CreateIndex(
            name: "IX_ModelVersions_RunId_StepId",
            table: "ModelVersions",
            columns: new[] { "RunId", "StepId" });

        migrationBuilder.CreateIndex(
            name: "IX_ModelVersions_Sha256",
            table: "ModelVersions",
            column: "Sha256");

        migrationBuilder.CreateIndex(
            name: "IX_runs_DefinitionId",
            table: "runs",
            column: "DefinitionId");

        migrationBuilder.CreateIndex(
            name: "IX_runs_Status",
            table: "runs",
            column: "Status");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "Deployments");

        migrationBuilder.DropTable(
            name: "flow_versions");

        migrationBuilder.DropTable(
            name: "flows");

        migrationBuilder.DropTable(
            name: "ModelAliases");

        migrationBuilder.DropTable(
            name: "ModelVersions");

        migrationBuilder.DropTable(
            name: "run_children");

        migrationBuilder.DropTable(
            name: "run_definitions");

        migrationBuilder.DropTable(
            name: "runs");
    }
}
