using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

/// <inheritdoc />
public partial class Approvals : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "approvals",
            columns: table => new
            {
                Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                AskedAt = table.Column<long>(type: "bigint", nullable: false),
                State = table.Column<int>(type: "integer", nullable: false),
                Asked = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Answer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                AnsweredBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                AnsweredAt = table.Column<long>(type: "bigint", nullable: true),
                Comment = table.Column<string>(type: "text", nullable: true, collation: "C"),
                Values = table.Column<string>(type: "text", nullable: true, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_approvals", x => x.Id);
            });

        migrationBuilder.CreateIndex(
            name: "IX_approvals_RunId",
            table: "approvals",
            column: "RunId");

        migrationBuilder.CreateIndex(
            name: "IX_approvals_State_AskedAt",
            table: "approvals",
            columns: new[] { "State", "AskedAt" });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "approvals");
    }
}
