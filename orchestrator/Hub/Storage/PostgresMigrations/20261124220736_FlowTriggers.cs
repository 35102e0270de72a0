using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

/// <inheritdoc />
public partial class FlowTriggers : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>(
            name: "TriggersOf",
            table: "flows",
            type: "integer",
            nullable: true);

        migrationBuilder.CreateTable(
            name: "flow_triggers",
            columns: table => new
            {
                DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Version = table.Column<int>(type: "integer", nullable: false),
                ActivityType = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Inputs = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
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
