using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

/// <inheritdoc />
public partial class FlowTriggers : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>(
            name: "TriggersOf",
            table: "flows",
            type: "INTEGER",
            nullable: true);

        migrationBuilder.CreateTable(
            name: "flow_triggers",
            columns: table => new
            {
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                ActivityId = table.Column<string>(type: "TEXT", nullable: false),
                Key = table.Column<string>(type: "TEXT", nullable: false),
                Version = table.Column<int>(type: "INTEGER", nullable: false),
                ActivityType = table.Column<string>(type: "TEXT", nullable: false),
                Inputs = table.Column<string>(type: "TEXT", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_flow_triggers", x => new { x.DefinitionId, x.ActivityId, x.Key });
            });

        migrationBuilder.CreateIndex(
            name: "IX_flow_triggers_ActivityType_Key",
            table: "flow_triggers",
            columns: new[] { "ActivityType", "Key" });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "flow_triggers");

        migrationBuilder.DropColumn(
            name: "TriggersOf",
            table: "flows");
    }
}
