FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish orchestrator/Hub -c Release -o /flows -v q -clp:ErrorsOnly

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 python3-sklearn python3-pandas && rm -rf /var/lib/apt/lists/*
COPY --from=build /flows /flows
ENTRYPOINT ["dotnet", "/flows/flows.dll"]
