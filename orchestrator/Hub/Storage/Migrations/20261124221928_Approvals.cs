using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

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
                Id = table.Column<string>(type: "TEXT", nullable: false),
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                AskedAt = table.Column<long>(type: "INTEGER", nullable: false),
                State = table.Column<int>(type: "INTEGER", nullable: false),
                Asked = table.Column<string>(type: "TEXT", nullable: false),
                Answer = table.Column<string>(type: "TEXT", nullable: true),
                AnsweredBy = table.Column<string>(type: "TEXT", nullable: true),
                AnsweredAt = table.Column<long>(type: "INTEGER", nullable: true),
                Comment = table.Column<string>(type: "TEXT", nullable: true),
                Values = table.Column<string>(type: "TEXT", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
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
