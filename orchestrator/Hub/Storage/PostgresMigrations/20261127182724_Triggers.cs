using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations
{
    /// <inheritdoc />
    public partial class Triggers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "trigger_fires",
                columns: table => new
                {
                    DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    FiredAt = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Request = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Depth = table.Column<int>(type: "integer", nullable: false),
                    Error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trigger_fires", x => new { x.DefinitionId, x.ActivityId, x.Key });
                });

            migrationBuilder.CreateTable(
                name: "trigger_states",
                columns: table => new
                {
                    DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ActivityType = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    IsOn = table.Column<bool>(type: "boolean", nullable: false),
                    Settings = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Since = table.Column<long>(type: "bigint", nullable: false),
                    Revision = table.Column<long>(type: "bigint", nullable: false),
                    NextAt = table.Column<long>(type: "bigint", nullable: true),
                    Cursor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    WatcherId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    LastFiredAt = table.Column<long>(type: "bigint", nullable: true),
                    LastAt = table.Column<long>(type: "bigint", nullable: true),
                    LastRunId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Fires = table.Column<long>(type: "bigint", nullable: false),
                    Error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ErrorAt = table.Column<long>(type: "bigint", nullable: true),
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trigger_states", x => new { x.DefinitionId, x.ActivityId });
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    TokenHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhooks", x => new { x.DefinitionId, x.ActivityId });
                });

            migrationBuilder.CreateIndex(
                name: "IX_trigger_fires_DefinitionId_ActivityId_State_At",
                table: "trigger_fires",
                columns: new[] { "DefinitionId", "ActivityId", "State", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_trigger_fires_RunId",
                table: "trigger_fires",
                column: "RunId");

            migrationBuilder.CreateIndex(
                name: "IX_trigger_fires_State_FiredAt",
                table: "trigger_fires",
                columns: new[] { "State", "FiredAt" });

            migrationBuilder.CreateIndex(
                name: "IX_trigger_states_IsOn_NextAt",
                table: "trigger_states",
                columns: new[] { "IsOn", "NextAt" });

            migrationBuilder.CreateIndex(
                name: "IX_webhooks_TokenHash",
                table: "webhooks",
                column: "TokenHash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "trigger_fires");

            migrationBuilder.DropTable(
                name: "trigger_states");

            migrationBuilder.DropTable(
                name: "webhooks");
        }
    }
}
