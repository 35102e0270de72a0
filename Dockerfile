FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish orchestrator/Hub -c Release -o /app && dotnet publish orchestrator/ModelServer -c Release -o /app/model-server

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends python3-sklearn python3-pandas libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /app
COPY flows-library /app/flows-library
USER app
ENTRYPOINT ["dotnet", "/app/flows.dll"]
