FROM node:22 AS code-editor
WORKDIR /src
COPY designer/code-editor designer/code-editor
RUN designer/code-editor/bundle

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
COPY --from=code-editor /src/designer/wwwroot/lib designer/wwwroot/lib
RUN dotnet publish orchestrator/Hub -c Release -o /flows -v q -clp:ErrorsOnly

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 python3-sklearn python3-pandas && rm -rf /var/lib/apt/lists/*
COPY --from=build /flows /flows
ENTRYPOINT ["dotnet", "/flows/flows.dll"]
