using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

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
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                Revision = table.Column<int>(type: "integer", nullable: false),
                Status = table.Column<string>(type: "text", nullable: false),
                Message = table.Column<string>(type: "text", nullable: true, collation: "C"),
                CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Deployments", x => x.Name);
            });

        migrationBuilder.CreateTable(
            name: "flow_versions",
            columns: table => new
            {
                DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                Json = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                IsPublished = table.Column<bool>(type: "boolean", nullable: false),
                At = table.Column<long>(type: "bigint", nullable: false),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_flow_versions", x => new { x.DefinitionId, x.Version });
            });

        migrationBuilder.CreateTable(
            name: "flows",
            columns: table => new
            {
                DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ActivityType = table.Column<string>(type: "text", nullable: false, collation: "C"),
                LatestVersion = table.Column<int>(type: "integer", nullable: false),
                PublishedVersion = table.Column<int>(type: "integer", nullable: true),
                Nodes = table.Column<int>(type: "integer", nullable: false),
                UpdatedAt = table.Column<long>(type: "bigint", nullable: false),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_flows", x => x.DefinitionId);
            });

        migrationBuilder.CreateTable(
            name: "ModelAliases",
            columns: table => new
            {
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Alias = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_ModelAliases", x => new { x.ProjectId, x.Name, x.Alias });
            });

        migrationBuilder.CreateTable(
            name: "ModelVersions",
            columns: table => new
            {
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                RunId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                StepId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                Description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Sha256 = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Artifact = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Metrics = table.Column<string>(type: "text", nullable: false, collation: "C"),
                CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_ModelVersions", x => new { x.ProjectId, x.Name, x.Version });
            });

        migrationBuilder.CreateTable(
            name: "run_children",
            columns: table => new
            {
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                DefinitionDigest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_run_children", x => new { x.RunId, x.Name, x.Version });
            });

        migrationBuilder.CreateTable(
            name: "run_definitions",
            columns: table => new
            {
                Digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Json = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_run_definitions", x => x.Digest);
            });

        migrationBuilder.CreateTable(
            name: "runs",
            columns: table => new
            {
                Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                DefinitionDigest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Request = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Status = table.Column<int>(type: "integer", nullable: false),
                SubStatus = table.Column<int>(type: "integer", nullable: false),
                Trigger = table.Column<string>(type: "text", nullable: false, collation: "C"),
                TokenHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                FinishedAt = table.Column<long>(type: "bigint", nullable: true),
                Record = table.Column<string>(type: "text", nullable: true, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
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
